import type { SourceRange } from '../../diagnostics/range.js';
import type { NormKind } from '../../networks/layers.js';
import { nodeAt } from '../../source/node-at.js';
import type { ArchitectureSpec } from '../architectures.js';
import type { Declaration } from '../checked.js';
import { fieldRange } from './rule.js';

interface Part<Word> {
  readonly word: Word;
  readonly at: SourceRange;
}

/** The norms of a network, each where it is written. */
export function normsOf(network: Declaration<ArchitectureSpec>): readonly Part<NormKind>[] {
  const { fields } = network;
  if (!fields) return [];
  if ('norm' in fields) {
    const { norm } = fields;
    return norm === 'none' ? [] : [{ word: norm, at: fieldRange(network, 'norm') }];
  }
  return layersIn(network).flatMap(({ layer, path }) =>
    layer.type === 'norm' ? [{ word: layer.norm, at: rangeAt(network, [...path, 'norm']) }] : [],
  );
}

export type ActivationWord = 'relu' | 'leaky_relu' | 'tanh' | 'sigmoid' | 'softmax';

/** The activations of a network, each where it is written. */
export function activationsOf(network: Declaration<ArchitectureSpec>): readonly Part<ActivationWord>[] {
  const { fields } = network;
  if (!fields) return [];
  if ('activation' in fields) {
    const { activation } = fields;
    return [{ word: activation, at: fieldRange(network, 'activation') }];
  }
  return layersIn(network).flatMap(({ layer, path }) =>
    layer.type === 'activation'
      ? [{ word: layer.activation, at: rangeAt(network, [...path, 'activation']) }]
      : [],
  );
}

/** Whether its layers are listed, and not those of a preset. */
export function isListed({ fields }: Declaration<ArchitectureSpec>): boolean {
  return fields?.type === 'layers_generator' || fields?.type === 'layers_critic';
}

/** Where a part of a network is written, in a list of layers. */
export function rangeAt(
  network: Declaration<ArchitectureSpec>,
  path: readonly (string | number)[],
): SourceRange {
  return nodeAt(network.node, path)?.range ?? network.nameRange;
}

type Layers = Extract<ArchitectureSpec, { type: `layers_${string}` }>['layers'];

/** All layers of a list, those in blocks included. */
function layersIn({ fields }: Declaration<ArchitectureSpec>): readonly {
  readonly layer: Layers[number];
  readonly path: readonly (string | number)[];
}[] {
  if (fields?.type !== 'layers_generator' && fields?.type !== 'layers_critic') return [];
  return (fields.layers ?? []).flatMap((layer, index) => {
    const path = ['layers', index];
    if (layer.type !== 'residual') return [{ layer, path }];
    return (['layers', 'shortcut'] as const).flatMap((part) =>
      layer[part].map((inner, at) => ({ layer: inner, path: [...path, part, at] })),
    );
  });
}

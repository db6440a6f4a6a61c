import type { Static, TSchema } from 'typebox';

import { Type } from './type.js';

import { positiveInteger, positiveNumber, record, tagged, words } from './schema-builders.js';

/** Layers in blocks have names with slashes, as `block1/conv1`. */
const byLayer = <S extends TSchema>(
  schema: S,
  options: { readonly description: string; readonly default: object },
) =>
  Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_/-]*$' }), schema, {
    additionalProperties: false,
    ...options,
  });

const clipBounds = (description: string) =>
  Type.Unsafe<readonly [number, number]>({
    type: 'array',
    items: { type: 'number' },
    minItems: 2,
    maxItems: 2,
    description,
  });

export const lipschitz = tagged(
  [
    record({ type: Type.Literal('none') }, { description: 'No constraint: for the standard GAN.' }),
    record(
      {
        type: Type.Literal('clip'),
        range: clipBounds('Lower and upper bound of every critic weight.'),
        layers: byLayer(clipBounds('Lower and upper bound of the layer’s weights.'), {
          description: 'Other bounds for some layers, by their names, as in {conv1: [-0.1, 0.1]}.',
          default: {},
        }),
        when: words(['after_step', 'before_step'], {
          default: 'after_step',
          description:
            'After each critic step, as in Algorithm 1 of arXiv 1701.07875, or before it, as in its reference code.',
        }),
      },
      { description: 'Weight clipping (arXiv 1701.07875, Algorithm 1, line 7).' },
    ),
    record(
      {
        type: Type.Literal('gradient_penalty'),
        lambda: positiveNumber('Weight of the penalty.', { default: 10 }),
        form: words(['two_sided', 'one_sided'], {
          default: 'two_sided',
          description: 'one_sided: only slopes above 1 are penalised (WGAN-LP, arXiv 1709.08894).',
        }),
      },
      {
        description:
          'Adds lambda E[(|grad f(x)| - 1)^2] to the critic’s loss, at points between real and fake (arXiv 1704.00028).',
      },
    ),
    record(
      {
        type: Type.Literal('dragan'),
        lambda: positiveNumber('Weight of the penalty.', { default: 10 }),
        spread: positiveNumber('Noise around real samples, in standard deviations of the data.', {
          default: 0.5,
        }),
      },
      {
        description: 'Adds lambda E[(|grad f(x)| - 1)^2], at points around real samples (arXiv 1705.07215).',
      },
    ),
    record(
      {
        type: Type.Literal('r1'),
        gamma: positiveNumber('Weight of the penalty.', { default: 10 }),
      },
      { description: 'Adds (gamma / 2) E[|grad f(real)|^2] to the critic’s loss (arXiv 1801.04406).' },
    ),
    record(
      {
        type: Type.Literal('spectral_norm'),
        bound: positiveNumber('What the largest singular value of each weight is made.', { default: 1 }),
        power_iterations: positiveInteger('Steps of power iteration before each critic step.', {
          default: 1,
        }),
      },
      { description: 'Each weight is divided by its largest singular value (arXiv 1802.05957).' },
    ),
  ],
  { description: 'How the critic is kept Lipschitz.', default: { type: 'none' } },
);

/** Whether the critic's gradient with respect to its input is part of its loss. */
export function isPenalty({ type }: Pick<Static<typeof lipschitz>, 'type'>): boolean {
  return type === 'gradient_penalty' || type === 'dragan' || type === 'r1';
}

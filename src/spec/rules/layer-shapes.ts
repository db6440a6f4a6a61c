import type { Result } from '../../base/result.js';
import type { ErrorCode } from '../../diagnostics/codes.js';
import type { Diagnostic, DiagnosticNote } from '../../diagnostics/diagnostic.js';
import { error } from '../../diagnostics/problem.js';
import { conditionOf, type GeneratorCondition } from '../../networks/conditions.js';
import { boundedEnd, explicitCritic, explicitGenerator } from '../../networks/explicit.js';
import type { LayerProblem, PlacedNetwork } from '../../networks/placed-layers.js';
import type { ArchitectureSpec } from '../architectures.js';
import type { ConditionalSpec } from '../conditional.js';
import type { Declaration } from '../checked.js';
import { sampleShape, wholeShape } from '../sample-shape.js';
import { rangeAt } from './network-parts.js';
import { datasetOf, declaredHere, stagesOf, type Rule, type RuleContext } from './rule.js';

/**
 * Layers that are listed follow one another: each can be given what the one before it makes; a generator ends in a sample, and a critic in
 * one number. What samples are is known as far as the specification tells.
 */
export const layerShapes: Rule = (context) => {
  const found = [...alone(context), ...trained(context)];
  // Stages that train one network with samples of one shape have one problem.
  const known = new Set<string>();
  return found.filter(({ range, message }) => {
    const problem = `${range?.source.path ?? ''}:${range?.start ?? 0}:${message}`;
    const isNew = !known.has(problem);
    known.add(problem);
    return isNew;
  });
};

type Network = Declaration<ArchitectureSpec>;

/** What can be told of a network by itself. */
function alone(context: RuleContext): readonly Diagnostic[] {
  const conditional = stagesOf(context, 'train').flatMap(({ fields }) =>
    fields.conditional ? [fields.generator] : [],
  );
  return [...context.architectures.values()].flatMap((network) => {
    const { fields } = network;
    if (fields?.type === 'layers_critic' && fields.layers) {
      const bounded = boundedEnd(fields.layers);
      return bounded ? [told(network, bounded, { code: 'critic-end' })] : [];
    }
    if (fields?.type !== 'layers_generator' || !fields.layers || fields.z_dim === undefined) return [];
    // What goes into it depends on the stage.
    if (conditional.includes(network.name)) return [];
    const placed = explicitGenerator({ ...fields, layers: fields.layers, z_dim: fields.z_dim }, undefined);
    return placed.ok ? [] : [told(network, placed.error)];
  });
}

/** What only its samples tell. */
function trained(context: RuleContext): readonly Diagnostic[] {
  return stagesOf(context, 'train').flatMap(({ fields: stage }) => {
    const dataset = datasetOf(context, stage.dataset);
    const shape = dataset?.fields && sampleShape(dataset.fields);
    const sample = shape && wholeShape(shape);
    if (!dataset || !sample) return [];
    const { conditional } = stage;
    return (['generator', 'critic'] as const).flatMap((role) => {
      const network = context.architectures.get(stage[role] ?? '');
      const fields = network?.fields;
      const isListed = fields?.type === 'layers_generator' || fields?.type === 'layers_critic';
      if (!network || !isListed || fields.type !== `layers_${role}`) return [];
      const problem = problemWith(fields, sample, conditional);
      return problem ? [told(network, problem, { notes: [declaredHere(dataset)] })] : [];
    });
  });
}

function problemWith(
  fields: Extract<NonNullable<Network['fields']>, { type: `layers_${string}` }>,
  sample: readonly number[],
  conditional: ConditionalSpec | undefined,
): LayerProblem | undefined {
  const { layers } = fields;
  if (!layers) return undefined;
  if (fields.type === 'layers_critic') {
    // Told of the network by itself.
    if (boundedEnd(layers)) return undefined;
    return problemIn(explicitCritic({ ...fields, layers }, sample, conditional && anyClasses));
  }
  return fields.z_dim === undefined
    ? undefined
    : problemIn(
        explicitGenerator({ ...fields, layers, z_dim: fields.z_dim }, sample, beforeLayers(conditional)),
      );
}

/** Shapes are the same for any number of them. */
const anyClasses = 1;

/** Norms are the same in shape whether a class is told in them or not; that there are none has a law of its own. */
function beforeLayers(conditional: ConditionalSpec | undefined): GeneratorCondition | undefined {
  return conditional?.generator.type === 'embedding' ? conditionOf(conditional, anyClasses) : undefined;
}

const problemIn = (placed: Result<PlacedNetwork, LayerProblem>): LayerProblem | undefined =>
  placed.ok ? undefined : placed.error;

function told(
  network: Network,
  { path, isOfInput, message, help }: LayerProblem,
  {
    code = 'layer-shapes',
    notes = [],
  }: { readonly code?: ErrorCode; readonly notes?: readonly DiagnosticNote[] } = {},
): Diagnostic {
  const last = path.at(-1);
  const before = typeof last === 'number' && last > 0 ? [...path.slice(0, -1), last - 1] : undefined;
  return error(code, {
    at: rangeAt(network, ['layers', ...path]),
    message,
    notes: [
      ...(before && isOfInput
        ? [{ message: 'what it is given comes from here', range: rangeAt(network, ['layers', ...before]) }]
        : []),
      ...notes,
    ],
    help,
  });
}

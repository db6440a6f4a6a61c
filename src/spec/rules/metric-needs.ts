import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { entryOf } from '../../source/entries.js';
import { describeShape, sampleShape, shapesFit } from '../sample-shape.js';
import {
  datasetOf,
  declaredHere,
  fieldRange,
  stagesOf,
  trainStage,
  type Rule,
  type RuleContext,
} from './rule.js';

/**
 * A metric has what it measures with: features need an extractor, one that was trained on samples of the shape at
 * hand; n-grams need text; distances to neighbours need samples of one shape. Modes and formulas have laws of their own.
 */
export const metricNeeds: Rule = (context) =>
  stagesOf(context, 'evaluate').flatMap(({ declaration, fields }) => {
    const dataset = datasetOf(context, fields.reference);
    const shape = dataset?.fields && sampleShape(dataset.fields);
    const at = (name: string, field: string) => fieldRange(declaration, 'metrics', name, field);
    const ofMetrics = Object.entries(fields.metrics ?? {}).flatMap(
      ([name, metric]): readonly Diagnostic[] => {
        switch (metric.type) {
          case 'fid':
          case 'kid':
            return withoutExtractor(fields.extractor, metric.type, at(name, 'type'));
          case 'inception_score':
            return [
              ...withoutExtractor(fields.extractor, metric.type, at(name, 'type')),
              ...withoutLogits(context, fields.extractor, metric.type, at(name, 'type')),
            ];
          case 'conditional_accuracy':
            return [
              ...withoutExtractor(fields.extractor, metric.type, at(name, 'type')),
              ...withoutLogits(context, fields.extractor, metric.type, at(name, 'type')),
              ...toldNothing(trainStage(context, fields.model), metric.type, at(name, 'type')),
            ];
          case 'ngram_js':
            if (shape?.kind === 'sequences' && metric.n > shape.length) {
              return [
                error('metric-data', {
                  at: at(name, 'n'),
                  message: `${describeShape(shape)} have no ${metric.n}-grams`,
                  notes: dataset ? [declaredHere(dataset)] : [],
                  help: `write at most \`n: ${shape.length}\`, or make the sequences longer`,
                }),
              ];
            }
            if (!dataset || !shape || shape.kind === 'sequences') return [];
            return [
              error('metric-data', {
                at: at(name, 'type'),
                message: `${quoted(metric.type)} counts n-grams of text, but ${quoted(dataset.name)} holds ${describeShape(shape)}`,
                notes: [declaredHere(dataset)],
                help: 'use `sliced_wasserstein`, which compares any samples but text',
              }),
            ];
          case 'nearest_neighbour':
            return [
              ...(metric.space === 'features'
                ? withoutExtractor(fields.extractor, metric.type, at(name, 'space'))
                : []),
              ...otherShape(context, fields.reference, metric.against, at(name, 'against'), declaredHere),
            ];
          case 'mmd':
          case 'nearest_neighbour_test':
          case 'precision_recall':
          case 'density_coverage':
            if (metric.space === 'features') {
              return withoutExtractor(fields.extractor, metric.type, at(name, 'space'));
            }
            return ofText(dataset, shape, metric.type, at(name, 'type'));
          case 'sliced_wasserstein':
          case 'exact_wasserstein':
          case 'max_sliced_wasserstein':
          case 'sinkhorn_divergence':
          case 'energy_distance':
            return ofText(dataset, shape, metric.type, at(name, 'type'));
          case 'spectrum_distance':
          case 'ms_ssim':
            if (!dataset || !shape || shape.kind === 'images') return [];
            return [
              error('metric-data', {
                at: at(name, 'type'),
                message: `${quoted(metric.type)} compares images, but ${quoted(dataset.name)} holds ${describeShape(shape)}`,
                notes: [declaredHere(dataset)],
                help:
                  shape.kind === 'points'
                    ? 'use `sliced_wasserstein`, which compares any samples but text'
                    : 'use `ngram_js`, which compares texts',
              }),
            ];
          case 'modes_covered':
          case 'analytic_distances':
            return [];
        }
      },
    );
    const extractor = context.stages.get(fields.extractor ?? '')?.fields;
    const learnt = extractor?.type === 'classifier' ? extractor.dataset : undefined;
    const ofExtractor = otherShape(
      context,
      fields.reference,
      learnt,
      fieldRange(declaration, 'extractor'),
      (other) => ({ ...declaredHere(other), message: 'the extractor learns this dataset' }),
    );
    return [
      ...ofMetrics,
      ...ofExtractor,
      ...withoutImages(context, fields.extractor, dataset, fieldRange(declaration, 'extractor')),
    ];
  });

/** That features are compared, and no stage is named that finds them. */
function withoutExtractor(
  extractor: string | undefined,
  type: string,
  at: ErrorPlace,
): readonly Diagnostic[] {
  if (extractor !== undefined) return [];
  return [
    error('extractor-needed', {
      at,
      message: `${quoted(type)} compares features, and this stage names no extractor of them`,
      help: 'declare a stage of type `classifier` or `extractor`, and name it as `extractor`',
    }),
  ];
}

/** That classes are counted, and the network that was named is not said to tell any. */
function withoutLogits(
  { stages }: RuleContext,
  extractor: string | undefined,
  type: string,
  at: ErrorPlace,
): readonly Diagnostic[] {
  const named = stages.get(extractor ?? '');
  // An output that is at fault itself is one all the same.
  if (named?.fields?.type !== 'extractor' || entryOf(named.node, 'logits') !== undefined) return [];
  return [
    error('extractor-needed', {
      at,
      message: `${quoted(type)} counts classes, and ${quoted(named.name)} names no output of them`,
      notes: [declaredHere(named)],
      help: `name the output before the softmax as \`logits\` of ${quoted(named.name)}`,
    }),
  ];
}

/** That a network of the user's, which takes images, is to look at something else. */
function withoutImages(
  { stages }: RuleContext,
  extractor: string | undefined,
  dataset: ReturnType<typeof datasetOf>,
  at: ErrorPlace,
): readonly Diagnostic[] {
  const named = stages.get(extractor ?? '');
  const shape = dataset?.fields && sampleShape(dataset.fields);
  if (named?.fields?.type !== 'extractor' || !dataset || !shape || shape.kind === 'images') return [];
  return [
    error('sample-shape', {
      at,
      message: `${quoted(named.name)} takes images, but ${quoted(dataset.name)} holds ${describeShape(shape)}`,
      notes: [declaredHere(dataset)],
      help: 'use a stage of type `classifier`, which learns the labels of any data but text',
    }),
  ];
}

/** That it is asked what samples were to be, and their generator was told nothing. */
function toldNothing(
  train: ReturnType<typeof trainStage>,
  type: string,
  at: ErrorPlace,
): readonly Diagnostic[] {
  if (!train || train.fields.conditional !== undefined) return [];
  // A mistake in the field itself leaves open what it was to be.
  if (entryOf(train.declaration.node, 'conditional')) return [];
  return [
    error('metric-data', {
      at,
      message: `${quoted(type)} asks which class samples were to be of, and ${quoted(train.declaration.name)} tells its networks none`,
      notes: [declaredHere(train.declaration)],
      help: 'train with `conditional: projection`, or use `inception_score`',
    }),
  ];
}

/** That points are compared, and the data is text. */
function ofText(
  dataset: ReturnType<typeof datasetOf>,
  shape: ReturnType<typeof sampleShape>,
  type: string,
  at: ErrorPlace,
): readonly Diagnostic[] {
  if (!dataset || shape?.kind !== 'sequences') return [];
  return [
    error('metric-data', {
      at,
      message: `${quoted(type)} compares points, but ${quoted(dataset.name)} holds ${describeShape(shape)}`,
      notes: [declaredHere(dataset)],
      help: 'use `ngram_js`, which compares texts',
    }),
  ];
}

type ErrorPlace = Parameters<typeof error>[1]['at'];

/** That a second split holds samples of another shape than the reference. */
function otherShape(
  context: RuleContext,
  reference: string | undefined,
  other: string | undefined,
  at: ErrorPlace,
  note: typeof declaredHere,
): readonly Diagnostic[] {
  const [first, second] = [datasetOf(context, reference), datasetOf(context, other)];
  const firstShape = first?.fields && sampleShape(first.fields);
  const secondShape = second?.fields && sampleShape(second.fields);
  if (!first || !second || !firstShape || !secondShape || shapesFit(firstShape, secondShape)) return [];
  return [
    error('sample-shape', {
      at,
      message: `${quoted(other ?? '')} holds ${describeShape(secondShape)}, but ${quoted(reference ?? '')} holds ${describeShape(firstShape)}`,
      notes: [note(second)],
      help: `use a split of ${quoted(first.name)}, or of data of its shape`,
    }),
  ];
}

import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import type { SourceRange } from '../../diagnostics/range.js';
import type { SoundFields } from '../checked.js';
import type { DatasetSpec } from '../datasets.js';
import { datasetOf, declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A classifier learns, and is tested on, samples that have labels, conditional networks learn from such samples, and their accuracy is
 * held against that of such samples, as far as the specification tells.
 */
export const labelsNeeded: Rule = (context) => [
  ...stagesOf(context, 'classifier').flatMap(({ declaration, fields }) =>
    (['dataset', 'test'] as const).flatMap((field) =>
      withoutLabels(datasetOf(context, fields[field]), {
        why: 'a classifier learns labels',
        at: fieldRange(declaration, field),
      }),
    ),
  ),
  ...stagesOf(context, 'train').flatMap(({ declaration, fields }) =>
    fields.conditional === undefined
      ? []
      : withoutLabels(datasetOf(context, fields.dataset), {
          why: 'conditional networks are told labels',
          at: fieldRange(declaration, 'conditional'),
        }),
  ),
  ...stagesOf(context, 'evaluate').flatMap(({ declaration, fields }) =>
    Object.values(fields.metrics ?? {}).some(({ type }) => type === 'conditional_accuracy')
      ? withoutLabels(datasetOf(context, fields.reference), {
          why: '`conditional_accuracy` compares with labels',
          at: fieldRange(declaration, 'reference'),
        })
      : [],
  ),
];

function withoutLabels(
  dataset: ReturnType<typeof datasetOf>,
  { why, at }: { readonly why: string; readonly at: SourceRange },
): readonly Diagnostic[] {
  if (!dataset?.fields || mayHaveLabels(dataset.fields)) return [];
  return [
    error('labels-needed', {
      at,
      message: `${why}, and ${quoted(dataset.name)} has none`,
      notes: [declaredHere(dataset)],
      help:
        dataset.fields.type === 'idx'
          ? 'give the dataset its file of `labels`'
          : 'use a dataset with classes, such as `idx` with `labels`, `cifar10`, or `image_folder` with a folder a class',
    }),
  ];
}

function mayHaveLabels(dataset: SoundFields<DatasetSpec>): boolean {
  switch (dataset.type) {
    case 'idx':
      return dataset.labels !== undefined;
    case 'gaussian_mixture':
    case 'shapes':
    case 'cifar10':
    case 'image_folder':
      return true;
    case 'swiss_roll':
    case 'parallel_lines':
    case 'gaussian':
    case 'text':
      return false;
  }
}

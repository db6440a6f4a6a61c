import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { datasetOf, declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/** Modes are counted against a Gaussian mixture: of other data nobody knows where the modes lie. */
export const modesNeedMixture: Rule = (context) =>
  stagesOf(context, 'evaluate').flatMap(({ declaration, fields }) => {
    const dataset = datasetOf(context, fields.reference);
    const type = dataset?.fields?.type;
    if (!dataset || type === undefined || type === 'gaussian_mixture') return [];
    return Object.entries(fields.metrics ?? {})
      .filter(([, metric]) => metric.type === 'modes_covered')
      .map(([name]) =>
        error('modes-need-mixture', {
          at: fieldRange(declaration, 'metrics', name, 'type'),
          message: `\`modes_covered\` needs a Gaussian mixture to compare with, but ${quoted(dataset.name)} is of type ${quoted(type)}`,
          notes: [declaredHere(dataset)],
          help: 'use `sliced_wasserstein`, which compares any samples',
        }),
      );
  });

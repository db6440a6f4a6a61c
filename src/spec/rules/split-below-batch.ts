import { plural } from '../../base/format.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { splitName } from '../references.js';
import { datasetOf, fieldRange, stagesOf, type Rule } from './rule.js';

/** The split to learn holds at least one batch. How many samples a share is, only the data tells. */
export const splitBelowBatch: Rule = (context) =>
  [...stagesOf(context, 'train'), ...stagesOf(context, 'classifier')].flatMap(({ declaration, fields }) => {
    const dataset = datasetOf(context, fields.dataset);
    const { split } = splitName(fields.dataset ?? '');
    const splits = dataset?.fields?.splits;
    const size = split !== undefined && splits && Object.hasOwn(splits, split) ? splits[split] : undefined;
    if (!dataset || split === undefined || size === undefined || fields.batch_size === undefined) return [];
    if (size < 1 || !Number.isInteger(size) || size >= fields.batch_size) return [];
    return [
      error('split-below-batch', {
        at: fieldRange(declaration, 'batch_size'),
        message: `a batch of ${fields.batch_size} is larger than the split ${quoted(fields.dataset ?? '')}, which has ${plural(size, 'sample')}`,
        notes: [{ message: 'the split is declared here', range: fieldRange(dataset, 'splits', split) }],
        help:
          size === 1
            ? 'write 0.9, say, for a share of the samples'
            : 'make the batch smaller, or the split larger',
      }),
    ];
  });

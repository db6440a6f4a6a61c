import { plural } from '../../base/format.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { knownSplit } from './known-split.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/** The split to learn holds at least one batch. How many samples a share is, only the data tells. */
export const splitBelowBatch: Rule = (context) =>
  [...stagesOf(context, 'train'), ...stagesOf(context, 'classifier')].flatMap(({ declaration, fields }) => {
    const known = knownSplit(context, fields.dataset);
    if (!known || fields.batch_size === undefined || known.size >= fields.batch_size) return [];
    const { dataset, split, size } = known;
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

import { formatCount, plural } from '../../base/format.js';
import { mostAssigned } from '../../base/limits.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { knownSplit } from './known-split.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A metric has the samples that it is defined for: transport is computed between some thousand, and pairs are made of
 * equal counts. What a share of the data is, only the data tells.
 */
export const sampleCounts: Rule = (context) =>
  stagesOf(context, 'evaluate').flatMap(({ declaration, fields }) => {
    const { samples } = fields;
    if (samples === undefined) return [];
    const known = knownSplit(context, fields.reference);
    // As many are taken from the reference as are generated, where it has them.
    const isUnequal = known !== undefined && known.size < samples;
    return Object.entries(fields.metrics ?? {}).flatMap(([name, { type }]): readonly Diagnostic[] => {
      const at = fieldRange(declaration, 'metrics', name, 'type');
      const note = { message: '`samples` is declared here', range: fieldRange(declaration, 'samples') };
      const isTransport = type === 'exact_wasserstein' || type === 'sinkhorn_divergence';
      if (isTransport && samples > mostAssigned) {
        return [
          error('sample-counts', {
            at,
            message: `${quoted(type)} takes at most ${formatCount(mostAssigned)} samples, and ${formatCount(samples)} are asked for`,
            notes: [note],
            help: 'use `sliced_wasserstein`, which takes any number, or lower `samples`',
          }),
        ];
      }
      const isOfPairs = type === 'exact_wasserstein' || type === 'nearest_neighbour_test';
      if (!isOfPairs || !isUnequal) return [];
      return [
        error('sample-counts', {
          at,
          message: `${quoted(type)} compares equal counts, but ${quoted(fields.reference ?? '')} has ${plural(known.size, 'sample')}, and ${formatCount(samples)} are generated`,
          notes: [note],
          help: `lower \`samples\` to ${known.size}, or give the split more`,
        }),
      ];
    });
  });

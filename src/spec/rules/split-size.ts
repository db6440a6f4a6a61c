import { error } from '../../diagnostics/problem.js';
import { quoted } from '../../diagnostics/printable.js';
import type { DatasetSpec } from '../datasets.js';
import { fieldRange, type Rule } from './rule.js';

const generatedTypes: ReadonlySet<DatasetSpec['type']> = new Set([
  'gaussian_mixture',
  'swiss_roll',
  'parallel_lines',
  'gaussian',
  'shapes',
]);

/**
 * A split is a whole number of samples, or a share of them; shares add up to at most 1. Generated data has no end,
 * so that a share of it means nothing.
 */
export const splitSize: Rule = (context) =>
  [...context.datasets.values()].flatMap((declaration) => {
    const splits = Object.entries(declaration.fields?.splits ?? {});
    const type = declaration.fields?.type;
    const generated = type !== undefined && generatedTypes.has(type);
    const wrongSizes = splits.flatMap(([name, size]) => {
      const at = fieldRange(declaration, 'splits', name);
      if (size < 1 && generated) {
        return [
          error('split-size', {
            at,
            message: `${quoted(type)} data is generated without end, and has no share of ${size}`,
            help: `write a number of samples, as in \`${name}: 50000\``,
          }),
        ];
      }
      if (size < 1 || Number.isInteger(size)) return [];
      return [
        error('split-size', {
          at,
          message: `split ${quoted(name)} must be a whole number of samples or a share below 1, but it is ${size}`,
          help: `write ${Math.round(size)}`,
        }),
      ];
    });
    const shares = splits.filter(([, size]) => size < 1).map(([, size]) => size);
    const sum = shares.reduce((total, share) => total + share, 0);
    // Shares such as 0.7, 0.2 and 0.1 miss 1 by rounding errors.
    if (generated || sum <= 1 + 1e-9) return wrongSizes;
    const total = Number(sum.toPrecision(6));
    return [
      ...wrongSizes,
      error('split-size', {
        at: fieldRange(declaration, 'splits'),
        message: `the shares of the splits add up to ${total}, which is more than there is`,
        help: 'make them add up to at most 1',
      }),
    ];
  });

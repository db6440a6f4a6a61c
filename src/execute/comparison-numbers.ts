import type { Estimate } from '../base/estimate.js';
import { axesName } from '../resolve/axes.js';
import type { ComparedCell, ComparisonEvent } from './judged.js';

/** The numbers of a comparison, a line for each row and column. Null where there is none. */
export function numbersOf({ rows, columns }: ComparisonEvent): {
  readonly columns: readonly string[];
  readonly data: readonly (readonly (string | number | null)[])[];
} {
  const ends = (of: Estimate | undefined) =>
    of?.spread.kind === 'interval' ? [of.spread.low, of.spread.high] : [null, null];
  const line = ({ estimate, difference, p }: ComparedCell) => [
    estimate?.count ?? null,
    estimate?.value ?? null,
    ...ends(estimate),
    difference?.value ?? null,
    ...ends(difference),
    p ?? null,
  ];
  return {
    columns: [
      'row',
      'metric',
      'count',
      'mean',
      'low',
      'high',
      'difference',
      'difference_low',
      'difference_high',
      'p',
    ],
    data: rows.flatMap(({ place, cells }) =>
      columns.map(({ metric }, index) => [axesName(place), metric, ...line(cells[index] ?? {})]),
    ),
  };
}

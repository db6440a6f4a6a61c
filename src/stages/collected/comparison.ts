import { unlikeField, type MetricIdentity } from '../../base/metric-identity.js';
import type { ComparedCell, ComparedColumn, ComparedRow, ComparisonEvent } from '../../execute/judged.js';
import { axesName, type Axes } from '../../resolve/axes.js';
import type { Place } from '../../spec/assertions.js';
import type { Pair } from '../../statistics/estimate.js';
import { meanOf, pairedDifference } from '../../statistics/means.js';
import { holm, pairedP } from '../../statistics/p-values.js';
import { lackIn, pairsOf, valuesOf } from './samples.js';
import type { CollectedValues } from './values.js';

/** What a table is to have in it. */
export interface TableFields {
  readonly metrics: readonly string[];
  readonly versus?: Place;
  readonly rank_by?: string;
  readonly confidence: number;
}

/**
 * The means of metrics over seeds, a row for each place on the collected axes but the seed; and how each differs from the row that
 * all are compared with, in pairs of equal seeds.
 */
export function comparisonOf(
  { metrics, versus, rank_by: rankBy, confidence }: TableFields,
  values: CollectedValues,
): ComparisonEvent {
  const columns = metrics.map((metric) => columnOf(metric, values));
  const cells = columns.map((column) => cellsOf(column, values, versus, confidence));
  const rows = values.places.map((place, row) => ({
    place,
    cells: cells.map((ofColumn) => ofColumn[row] ?? {}),
  }));
  const ranked = rankBy === undefined ? rows : rankedBy(rankBy, rows, values, confidence);
  return { type: 'comparison', confidence, columns, ...(versus && { versus }), rows: ranked };
}

function columnOf(metric: string, values: CollectedValues): ComparedColumn {
  const identities = values.places.flatMap((place) =>
    values.at(metric, place).flatMap(({ identity }) => (identity ? [identity] : [])),
  );
  const unlike = unlikeIn(identities);
  const { better = 'neither' } = values.labelOf(metric) ?? {};
  return { metric, better, ...(unlike && { unlike }) };
}

function unlikeIn([first, ...others]: readonly MetricIdentity[]): keyof MetricIdentity | undefined {
  return first && others.map((other) => unlikeField(first, other)).find((field) => field !== undefined);
}

/** Of all rows of a column. */
function cellsOf(
  { metric, unlike }: ComparedColumn,
  values: CollectedValues,
  versus: Place | undefined,
  confidence: number,
): readonly ComparedCell[] {
  const pairs = values.places.map((place) =>
    versus && unlike === undefined
      ? comparedPairs(metric, place, { ...place, ...versus }, values)
      : undefined,
  );
  const adjusted = adjustedP(pairs);
  return values.places.map((place, row) => {
    const own = values.at(metric, place);
    // An arm without the stage has nothing to show, and lacks nothing.
    if (own.length === 0) return {};
    const lacks = lackIn(own);
    if (lacks !== undefined) return { lacks };
    const compared = pairs[row];
    const p = adjusted.get(row);
    return {
      estimate: meanOf(valuesOf(own), confidence),
      ...(compared && { difference: pairedDifference(compared, confidence) }),
      ...(p !== undefined && { p }),
    };
  });
}

/** Undefined for the row that all others are compared with, and where one of the two has no values. */
function comparedPairs(
  metric: string,
  place: Axes,
  other: Axes,
  values: CollectedValues,
): readonly Pair[] | undefined {
  if (axesName(other) === axesName(place)) return undefined;
  const { found } = pairsOf(values.at(metric, place), values.at(metric, other));
  return 'pairs' in found ? found.pairs : undefined;
}

/** By row. */
function adjustedP(pairs: readonly (readonly Pair[] | undefined)[]): ReadonlyMap<number, number> {
  const tested = pairs.flatMap((of, row) => {
    const p = of && pairedP(of);
    return p === undefined ? [] : [[row, p] as const];
  });
  const adjusted = holm(tested.map(([, p]) => p));
  return new Map(tested.map(([row], index) => [row, adjusted[index] ?? 1]));
}

/**
 * The best first; what has no value last. As they are where none is better: values of unlike things, estimates of critics, each of which
 * has units of its own, and metrics that have no better way.
 */
function rankedBy(
  metric: string,
  rows: readonly ComparedRow[],
  values: CollectedValues,
  confidence: number,
): readonly ComparedRow[] {
  const { better, unlike } = columnOf(metric, values);
  if (better === 'neither' || unlike !== undefined || values.isOfTraining(metric)) return rows;
  const sign = better === 'higher' ? -1 : 1;
  const rankOf = ({ place }: ComparedRow): number => {
    const own = values.at(metric, place);
    return lackIn(own) === undefined
      ? sign * meanOf(valuesOf(own), confidence).value
      : Number.POSITIVE_INFINITY;
  };
  return rows
    .map((row) => ({ row, rank: rankOf(row) }))
    .sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank))
    .map(({ row }) => row);
}

import { groupBy } from '../base/group.js';
import { required } from '../base/invariant.js';
import type { MetricIdentity } from '../base/metric-identity.js';
import type { MetricLabel } from '../metrics/labels.js';
import { type KeyResult, unlikeIn } from './key-results.js';
import { isFinitePoint } from './series.js';

/** The results of one stage's cells, a row each: what a sweep or an ablation is read for. */
export interface ResultsGrid {
  readonly stage: string;
  readonly columns: readonly ResultsColumn[];
  /** Before training, where all cells began alike, as with one seed and one generator. */
  readonly untrained: readonly (number | undefined)[] | undefined;
  readonly rows: readonly ResultsRow[];
}

export interface ResultsColumn {
  readonly metric: string;
  readonly label: MetricLabel;
  /** Why none of its values is the best: they are of different things. */
  readonly unlike: keyof MetricIdentity | undefined;
}

export interface ResultsRow {
  /** As `arm=base,seed=1`. */
  readonly cell: string;
  /** One for each column; undefined where the cell has no value of the metric. */
  readonly values: readonly (ResultsValue | undefined)[];
}

export interface ResultsValue {
  readonly value: number;
  readonly isBest: boolean;
  /** Of an estimate: how high it was. */
  readonly peak: number | undefined;
}

/** A grid for each stage with several cells, and the results of all other stages. */
export function resultsGrids(results: readonly KeyResult[]): {
  readonly grids: readonly ResultsGrid[];
  readonly alone: readonly KeyResult[];
} {
  const stages = [...groupBy(results, ({ stage }) => stage)];
  const hasCells = (of: readonly KeyResult[]) => of.some(({ cell }) => cell !== of[0]?.cell);
  return {
    grids: stages.filter(([, of]) => hasCells(of)).map(([stage, of]) => gridOf(stage, of)),
    alone: stages.flatMap(([, of]) => (hasCells(of) ? [] : of)),
  };
}

function gridOf(stage: string, results: readonly KeyResult[]): ResultsGrid {
  const metrics = [...groupBy(results, ({ metric }) => metric)].map(([metric, of]) => ({ metric, of }));
  return {
    stage,
    columns: metrics.map(({ metric, of }) => ({
      metric,
      label: required(of[0], metric).label,
      unlike: unlikeIn(of),
    })),
    untrained: untrainedOf(metrics.map(({ of }) => of)),
    rows: [...groupBy(results, ({ cell }) => cell)].map(([cell, ofCell]) => ({
      cell,
      values: metrics.map(({ metric, of }) => {
        const result = ofCell.find((one) => one.metric === metric);
        return result && valueOf(result, of);
      }),
    })),
  };
}

function valueOf(result: KeyResult, all: readonly KeyResult[]): ResultsValue {
  const { before, final } = result;
  return {
    value: final.value,
    isBest: isBest(result, all),
    peak: before?.kind === 'peak' ? before.point.value : undefined,
  };
}

function untrainedOf(metrics: readonly (readonly KeyResult[])[]): ResultsGrid['untrained'] {
  const values = metrics.map((results) => {
    const before = results.map((result) =>
      result.before?.kind === 'untrained' ? result.before.point.value : undefined,
    );
    return new Set(before).size === 1 ? before[0] : undefined;
  });
  return values.every((value) => value === undefined) ? undefined : values;
}

/**
 * One that others are worse than; of equal values all are the best. Estimates are of a critic each, up to a constant of its own, and
 * say nothing beside each other; nor do values that are not of the same.
 */
function isBest({ label, final, smoothed }: KeyResult, all: readonly KeyResult[]): boolean {
  if (label.better === 'neither' || smoothed || !isFinitePoint(final)) return false;
  if (unlikeIn(all) !== undefined) return false;
  const values = all.flatMap((result) => (isFinitePoint(result.final) ? [result.final.value] : []));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least !== most && final.value === (label.better === 'lower' ? least : most);
}

import { groupBy } from '../base/group.js';
import { required } from '../base/invariant.js';
import type { MetricIdentity } from '../base/metric-identity.js';
import type { MetricLabel } from '../metrics/labels.js';
import { bestOf } from './best.js';
import { type KeyResult, unlikeIn } from './key-results.js';

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
  const metrics = [...groupBy(results, ({ metric }) => metric)].map(([metric, of]) => {
    const column = { metric, label: required(of[0], metric).label, unlike: unlikeIn(of) };
    return { metric, of, column, best: column.unlike === undefined ? bestIn(of) : undefined };
  });
  return {
    stage,
    columns: metrics.map(({ column }) => column),
    untrained: untrainedOf(metrics.map(({ of }) => of)),
    rows: [...groupBy(results, ({ cell }) => cell)].map(([cell, ofCell]) => ({
      cell,
      values: metrics.map(({ metric, best }) => {
        const result = ofCell.find((one) => one.metric === metric);
        return result && valueOf(result, best);
      }),
    })),
  };
}

function valueOf({ before, final }: KeyResult, best: number | undefined): ResultsValue {
  return {
    value: final.value,
    isBest: final.value === best,
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

/** Estimates are of a critic each, up to a constant of its own, and say nothing beside each other. */
function bestIn(results: readonly KeyResult[]): number | undefined {
  if (results.some(({ smoothed }) => smoothed)) return undefined;
  const values = results.map(({ final }) => final.value);
  return bestOf(values, results[0]?.label.better ?? 'neither');
}

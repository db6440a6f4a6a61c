import type { Estimate } from '../base/estimate.js';
import { groupBy } from '../base/group.js';
import type { ComparedCell, ComparedColumn, ComparisonEvent } from '../execute/judged.js';
import type { RunRecord } from '../execute/record.js';
import { stageName } from '../plan/stage-name.js';
import type { StageId } from '../plan/types.js';
import type { KeyResult } from './key-results.js';
import { axesName } from '../resolve/axes.js';
import { bestOf } from './best.js';

/** What a `compare` stage came to, as a reader is shown it. */
export interface ComparisonTable {
  readonly stage: StageId;
  readonly confidence: number;
  /** The row that the others are compared with, as in `arm=base`; undefined where there is none. */
  readonly versus: string | undefined;
  /** Replications, as in `3` or `2 to 3`; undefined where no cell has an estimate. */
  readonly counts: string | undefined;
  readonly columns: readonly ComparisonColumn[];
  readonly rows: readonly ComparisonRow[];
}

export interface ComparisonColumn extends ComparedColumn {
  /** Estimates are of a critic each, up to a constant of its own: none is better than another's. */
  readonly isOfCritic: boolean;
}

export interface ComparisonRow {
  /** As in `arm=one`. */
  readonly name: string;
  /** One for each column. */
  readonly cells: readonly ComparisonCell[];
}

export interface ComparisonCell extends ComparedCell {
  readonly isBest: boolean;
  /** Where the difference is not chance, at the table's level. */
  readonly change: 'better' | 'worse' | 'differs' | undefined;
}

/** A table for each `compare` stage that has told. */
export function comparisonTables({ stages }: Pick<RunRecord, 'stages'>): readonly ComparisonTable[] {
  const trained = new Set(
    stages.filter(({ stage }) => stage.kind === 'train').map(({ stage }) => stageName(stage.id)),
  );
  return stages.flatMap(({ stage, comparison }) =>
    comparison === undefined ? [] : [tableOf(stage.id, comparison, trained)],
  );
}

function tableOf(
  stage: StageId,
  { confidence, columns, versus, rows }: ComparisonEvent,
  trained: ReadonlySet<string>,
): ComparisonTable {
  const shown = columns.map((column, at) => {
    const isOfCritic = trained.has(stageOf(column.metric));
    const isRanked = !isOfCritic && column.unlike === undefined;
    const better = isRanked ? column.better : 'neither';
    const values = rows.flatMap(({ cells }) => cells[at]?.estimate?.value ?? []);
    return { column: { ...column, better, isOfCritic }, best: bestOf(values, better) };
  });
  return {
    stage,
    confidence,
    versus: versus && axesName(versus),
    counts: countsIn(rows.flatMap(({ cells }) => cells.flatMap(({ estimate }) => estimate ?? []))),
    columns: shown.map(({ column }) => column),
    rows: rows.map(({ place, cells }) => ({
      name: axesName(place) || 'mean',
      cells: shown.map(({ column, best }, at) => {
        const cell = cells[at] ?? {};
        const isBest = best !== undefined && cell.estimate?.value === best;
        return { ...cell, isBest, change: changeOf(cell, column, confidence) };
      }),
    })),
  };
}

function changeOf(
  { difference, p }: ComparedCell,
  { better, isOfCritic }: ComparisonColumn,
  confidence: number,
): ComparisonCell['change'] {
  if (isOfCritic || difference === undefined || p === undefined || !(p < 1 - confidence)) return undefined;
  if (better === 'neither') return 'differs';
  return difference.value < 0 === (better === 'lower') ? 'better' : 'worse';
}

function countsIn(estimates: readonly Estimate[]): string | undefined {
  if (estimates.length === 0) return undefined;
  const counts = estimates.map(({ count }) => count);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(most) : `${least} to ${most}`;
}

/** Whether a comparison shows the mean over several cells of what a stage has measured: of a metric, its parts included. */
export function summedUpIn({
  stages,
}: Pick<RunRecord, 'stages'>): (result: Pick<KeyResult, 'id' | 'metric'>) => boolean {
  const summedUp = new Set(
    stages.flatMap(({ stage, comparison }) => {
      if (comparison === undefined) return [];
      const collected = groupBy(new Set(stage.inputs.map((input) => input.stage)), (id) => stageName(id));
      return comparison.columns.flatMap(({ metric }) => {
        const [, of = ''] = metric.split('.');
        const cells = collected.get(stageOf(metric)) ?? [];
        return cells.length > 1 ? cells.map((id) => JSON.stringify([id, of])) : [];
      });
    }),
  );
  return ({ id, metric }) => summedUp.has(JSON.stringify([id, metric.split('.')[0]]));
}

/** The stage of a metric, as `quality` of `quality.w1`. */
function stageOf(metric: string): string {
  const [stage = ''] = metric.split('.');
  return stage;
}

/** A p-value of three decimals, as in `0.043` or `< 0.001`. */
export function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

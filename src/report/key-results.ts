import { required } from '../base/invariant.js';
import { type MetricIdentity, unlikeField } from '../base/metric-identity.js';
import type { RunRecord, StageRecord } from '../execute/record.js';
import type { MetricLabel } from '../metrics/labels.js';
import type { StageId } from '../plan/types.js';
import { labelOf } from './metric-label.js';
import { isFinitePoint, runningMedian, type Point } from '../metrics/curves.js';
import { seriesOf } from './series.js';

/** A number that a reader of the run wants first. */
export interface KeyResult {
  /** `quality@arm=base.swd`: the stage's name, its cell and its metric. */
  readonly name: string;
  /** Of the stage and its cell. */
  readonly id: StageId;
  readonly stage: string;
  /** As `arm=base,seed=1`; empty where no axis makes a difference to the stage. */
  readonly cell: string;
  readonly metric: string;
  readonly label: MetricLabel;
  readonly final: Point;
  readonly before: Before | undefined;
  /** False for the number of a program, which has nothing to do with training's steps, and for one of a whole curve. */
  readonly isOfStep: boolean;
  /** True where `final` is the median of the last steps rather than one measurement. */
  readonly smoothed: boolean;
  /** Of a metric over samples; undefined in records of earlier versions, too. */
  readonly identity: MetricIdentity | undefined;
}

/** What the final value is compared with. */
export interface Before {
  /** `peak` for the estimate: at its first steps the critic is untrained too, and the estimate near zero. */
  readonly kind: 'untrained' | 'peak';
  readonly point: Point;
}

/** The training curve that tells about samples. */
export const estimateMetric = 'wasserstein_estimate';

/** Of any objective: what the critic's loss stands for. */
const isEstimate = (metric: string): boolean => metric.endsWith('_estimate');

/** The final values of every evaluation metric, what was measured of curves and by programs of the user's, then the estimate of every training. */
export function keyResults(record: RunRecord): readonly KeyResult[] {
  const of = (kind: StageRecord['stage']['kind']) => record.stages.filter(({ stage }) => stage.kind === kind);
  const measured = [...of('evaluate'), ...of('curves'), ...of('command')].flatMap(evaluations);
  // Where a training diverged, its last numbers tell of that alone.
  const trained = of('train').filter(({ outcome }) => outcome.state !== 'diverged');
  return [...measured, ...trained.flatMap(finalEstimate)];
}

function evaluations(record: StageRecord): readonly KeyResult[] {
  return seriesOf(record).map(({ metric, points }) => {
    const first = required(points[0], `the first value of ${metric}`);
    const final = required(points.at(-1), `the last value of ${metric}`);
    const before: Before | undefined =
      first.step === 0 && final.step > 0 ? { kind: 'untrained', point: first } : undefined;
    return {
      ...placeOf(record, metric),
      label: labelOf(record, metric),
      final,
      before,
      isOfStep: record.stage.kind === 'evaluate',
      smoothed: false,
      identity: record.identities[required(metric.split('.')[0], 'a name')],
    };
  });
}

function finalEstimate(record: StageRecord): readonly KeyResult[] {
  const series = seriesOf(record).find(({ metric }) => isEstimate(metric));
  if (series === undefined) return [];
  const { metric, points } = series;
  const label = labelOf(record, metric);
  const medians = runningMedian(points);
  const final = medians.at(-1);
  if (final === undefined) return [];
  const peak = medians.reduce((highest, point) => (point.value > highest.value ? point : highest), final);
  return [
    {
      ...placeOf(record, metric),
      label,
      final,
      // An estimate that need not fall is not compared with its peak.
      before:
        label.better === 'neither' || peak.step === final.step ? undefined : { kind: 'peak', point: peak },
      isOfStep: true,
      smoothed: true,
      identity: undefined,
    },
  ];
}

function placeOf(
  { stage: { id } }: StageRecord,
  metric: string,
): Pick<KeyResult, 'name' | 'id' | 'stage' | 'cell' | 'metric'> {
  const [stage = '', cell = ''] = id.split('@');
  return { name: `${id}.${metric}`, id, stage, cell, metric };
}

/** Whether the final value is better than that before, where the metric says which way is better. */
export function verdict({ label, final, before }: KeyResult): 'better' | 'worse' | 'equal' | undefined {
  if (before === undefined || label.better === 'neither') return undefined;
  if (!isFinitePoint(final) || !isFinitePoint(before.point)) return undefined;
  const change = final.value - before.point.value;
  if (change === 0) return 'equal';
  return change < 0 === (label.better === 'lower') ? 'better' : 'worse';
}

/** In what values of one metric are unlike, so that none may be called the best; undefined where they may be compared. */
export function unlikeIn(results: readonly Pick<KeyResult, 'identity'>[]): keyof MetricIdentity | undefined {
  const [first, ...others] = results.flatMap(({ identity }) => (identity === undefined ? [] : [identity]));
  if (first === undefined) return undefined;
  return others.map((other) => unlikeField(first, other)).find((field) => field !== undefined);
}

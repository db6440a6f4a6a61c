import type { RunRecord, StageRecord } from '../execute/record.js';
import { type RankCorrelation, rankCorrelation } from '../metrics/rank-correlation.js';
import { estimateMetric } from './key-results.js';
import { isFinitePoint, runningMedian, seriesOf, type Series } from './series.js';

/** How a metric over snapshots goes with the estimate of the training that made them. */
export interface EstimateCorrelation extends RankCorrelation {
  /** Snapshots that both have a value of: after the first step on, as an untrained critic estimates nothing. */
  readonly snapshots: number;
}

/**
 * The rank correlation of a metric with the Wasserstein estimate, over the snapshots of one training. The estimate at a
 * snapshot is its causal median: of the steps up to there.
 */
export function estimateCorrelation(
  { stages }: RunRecord,
  { stage }: StageRecord,
  series: Series,
): EstimateCorrelation | undefined {
  const model = stage.inputs.find(({ role }) => role === 'model');
  const training = stages.find((other) => other.stage.id === model?.stage);
  const estimate = training && seriesOf(training).find(({ metric }) => metric === estimateMetric);
  const medians = new Map(runningMedian(estimate?.points ?? []).map(({ step, value }) => [step, value]));
  const pairs = series.points.filter(isFinitePoint).flatMap(({ step, value }) => {
    const median = medians.get(step);
    return median === undefined ? [] : [[value, median] as const];
  });
  const found = rankCorrelation(
    pairs.map(([value]) => value),
    pairs.map(([, median]) => median),
  );
  return found && { ...found, snapshots: pairs.length };
}

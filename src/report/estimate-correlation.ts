import type { RunRecord, StageRecord } from '../execute/record.js';
import { estimateCorrelation } from '../metrics/curve-metrics.js';
import { type Curve, smoothingWindow } from '../metrics/curves.js';
import { estimateMetric } from './key-results.js';
import { seriesOf } from './series.js';

/**
 * How a metric over snapshots goes with the Wasserstein estimate of the training that made them; undefined where there is no
 * estimate, and where the two have no rank correlation.
 */
export function correlationWithEstimate(
  { stages }: RunRecord,
  { stage }: StageRecord,
  { metric, points }: Curve,
) {
  const model = stage.inputs.find(({ role }) => role === 'model');
  const training = stages.find((other) => other.stage.id === model?.stage);
  const estimate = training && seriesOf(training).find((curve) => curve.metric === estimateMetric);
  if (estimate === undefined) return undefined;
  const named = { name: estimateMetric, points: estimate.points };
  const found = estimateCorrelation({ name: metric, points }, named, { window: smoothingWindow, start: 0 });
  return found.ok ? found.value : undefined;
}

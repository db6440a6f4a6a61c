import type { StageRecord } from '../execute/record.js';
import { evaluationLabel, trainingLabel, type MetricLabel } from '../metrics/labels.js';

/** How a value of a stage is shown; by its own name where the metrics' list of labels lacks it. */
export function labelOf({ stage }: StageRecord, metric: string): MetricLabel {
  const known =
    stage.kind === 'evaluate' ? evaluationLabel(metric, stage.fields.metrics) : trainingLabel(metric);
  return known ?? { title: metric, unit: '', better: 'neither', meaning: '' };
}

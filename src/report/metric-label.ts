import type { StageRecord } from '../execute/record.js';
import {
  classifierLabel,
  curveLabel,
  evaluationLabel,
  trainingLabel,
  type MetricLabel,
} from '../metrics/labels.js';

/** How a value of a stage is shown; by its own name where the metrics' list of labels lacks it. */
export function labelOf({ stage }: StageRecord, metric: string): MetricLabel {
  return knownLabel(stage, metric) ?? { title: metric, unit: '', better: 'neither', meaning: '' };
}

function knownLabel(stage: StageRecord['stage'], metric: string): MetricLabel | undefined {
  if (stage.kind === 'evaluate') return evaluationLabel(metric, stage.fields.metrics);
  if (stage.kind === 'curves') return curveLabel(metric, stage.fields.metrics);
  return stage.kind === 'classifier' ? classifierLabel(metric) : trainingLabel(metric);
}

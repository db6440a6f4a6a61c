import { required } from '../../base/invariant.js';
import type { StageRecord } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import type { Metric } from '../mlflow/types.js';
import { keyOf } from './keys.js';
import type { LeftOut } from './types.js';

/**
 * What stages have reported so far: rows that are made as they are read, since a long training has a million. Keys are `stage/metric`,
 * so that each stage is a section of MLflow's charts, and a metric has one key in all cells.
 */
export function metricsOf(
  stages: readonly StageRecord[],
  leftOut: LeftOut['events'],
): Iterable<Required<Metric>> {
  // A record under way grows while its rows are read.
  const parts = stages.map(({ stage, metrics }) => ({ stage, metrics, end: metrics.length }));
  return {
    *[Symbol.iterator]() {
      for (const { stage, metrics, end } of parts) {
        const keys = new Map<string, string>();
        for (let index = leftOut.get(stage.id) ?? 0; index < end; index += 1) {
          const { step, timestamp, values } = required(metrics[index], 'an event');
          for (const [name, value] of Object.entries(values)) {
            const key = keys.get(name) ?? keyOf(`${stageName(stage.id)}/${name}`);
            keys.set(name, key);
            yield { key, value, timestamp, step };
          }
        }
      }
    },
  };
}

/** Of each metric the last value. */
export function lastMetricsOf(stages: readonly StageRecord[]): Required<Metric>[] {
  return stages.flatMap(({ stage, metrics }) => {
    const last = new Map<string, Omit<Required<Metric>, 'key'>>();
    for (const { step, timestamp, values } of metrics) {
      for (const [name, value] of Object.entries(values)) last.set(name, { value, timestamp, step });
    }
    return [...last].map(([name, row]) => ({ key: keyOf(`${stageName(stage.id)}/${name}`), ...row }));
  });
}

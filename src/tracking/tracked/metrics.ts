import type { StageRecord } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import type { Metric } from '../mlflow/types.js';
import { keyOf } from './keys.js';
import type { LeftOut } from './types.js';

/**
 * What stages have reported. Keys are `stage/metric`, so that each stage is a section of MLflow's charts, and a metric has one key in
 * all cells.
 */
export function metricsOf(
  stages: readonly StageRecord[],
  leftOut: LeftOut['events'] = new Map(),
): Required<Metric>[] {
  return stages.flatMap(({ stage, metrics }) => {
    const keys = new Map<string, string>();
    const keyFor = (name: string): string => {
      const key = keys.get(name) ?? keyOf(`${stageName(stage.id)}/${name}`);
      keys.set(name, key);
      return key;
    };
    return metrics
      .slice(leftOut.get(stage.id) ?? 0)
      .flatMap(({ step, timestamp, values }) =>
        Object.entries(values).map(([name, value]) => ({ key: keyFor(name), value, timestamp, step })),
      );
  });
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

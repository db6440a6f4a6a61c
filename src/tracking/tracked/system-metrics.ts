import { required } from '../../base/invariant.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import type { Metric } from '../mlflow/types.js';
import type { Cell } from './cells.js';
import { keyOf } from './keys.js';
import type { LeftOut } from './types.js';

/** Where MLflow shows what has to do with the machine, in a page of its own. */
const section = 'system';

/** Milliseconds over which a speed is taken, at least. */
const window = 1000;

/** How busy the machine was during the run; of the whole. Steps count samples. */
export function machineMetrics({ machine }: RunRecord, leftOut: number): Required<Metric>[] {
  return machine.slice(leftOut).flatMap(({ time, values }, index) =>
    Object.entries(values).map(([name, value]) => ({
      key: `${section}/${name}`,
      value,
      timestamp: time,
      step: leftOut + index,
    })),
  );
}

/**
 * How fast the trainings of a cell were: real samples that the critic saw in a second, taken over a second or more; docs/metrics.md.
 * @param leftOut how many of a stage's metric events are not to be told of
 */
export function trainingSpeeds({ stages }: Cell, leftOut: LeftOut['events']): Required<Metric>[] {
  return stages.flatMap(({ stage, metrics }) =>
    stage.kind === 'train'
      ? speedsOf(stage, metrics, leftOut.get(stage.id) ?? 0).map((speed) => ({
          key: keyOf(`${section}/${stageName(stage.id)}.samples_per_second`),
          ...speed,
        }))
      : [],
  );
}

type Speed = Omit<Required<Metric>, 'key'>;
type TrainStage = Extract<StageRecord['stage'], { kind: 'train' }>;

/** Windows are counted from the training's beginning, whatever is left out: a speed is the same whenever it is told. */
function speedsOf({ fields }: TrainStage, metrics: StageRecord['metrics'], leftOut: number): Speed[] {
  const { critic_iterations: iterations, batch_size: batch } = fields;
  const speeds: Speed[] = [];
  const [first, ...others] = metrics;
  let since = first?.timestamp ?? 0;
  let samples = 0;
  for (const [index, { step, timestamp, values }] of others.entries()) {
    // Where the number varies, each step tells it.
    const steps =
      iterations.type === 'constant' ? iterations.count : required(values['critic_iterations'], 'its steps');
    samples += steps * batch;
    if (timestamp - since < window) continue;
    if (index + 1 >= leftOut) speeds.push({ value: samples / ((timestamp - since) / 1000), step, timestamp });
    since = timestamp;
    samples = 0;
  }
  return speeds;
}

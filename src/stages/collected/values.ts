import pLimit from 'p-limit';

import { groupBy } from '../../base/group.js';
import { required } from '../../base/invariant.js';
import type { MetricIdentity } from '../../base/metric-identity.js';
import type { CollectedInput } from '../../execute/contract.js';
import { loggedBy } from '../../execute/recorded-events.js';
import { curvesIn, runningMedian } from '../../metrics/curves.js';
import { classifierLabel, curveLabel, evaluationLabel, trainingLabel } from '../../metrics/labels.js';
import type { MetricLabel } from '../../metrics/label.js';
import type { PlannedStage, StageId, StageKey } from '../../plan/types.js';
import { axesName, replication, withoutSeed, type Axes, type AxisValue } from '../../resolve/axes.js';
import { metricName } from '../../spec/references.js';

/** What one stage gave of a metric. */
export interface CollectedValue {
  /** Of the variant; undefined where seeds are not collected. */
  readonly seed: AxisValue | undefined;
  /** Variants that no axis tells apart share a stage, and with it the value. */
  readonly stage: StageId;
  readonly key: StageKey;
  /** May be infinite, and is never NaN. */
  readonly found: { readonly value: number } | { readonly lacks: string };
  readonly identity: MetricIdentity | undefined;
}

/** The last values of some metrics, over all the cells that a stage collects. */
export class CollectedValues {
  readonly #values: ReadonlyMap<string, readonly CollectedValue[]>;
  readonly #labels: ReadonlyMap<string, MetricLabel>;
  readonly #ofTrainings: ReadonlySet<string>;
  /** On the collected axes without the seed, in the order of the variants. */
  readonly places: readonly Axes[];

  private constructor(read: readonly ReadValue[]) {
    this.#values = groupBy(read, ({ metric, place }) => keyOf(metric, place));
    this.#labels = new Map(read.flatMap(({ metric, label }) => (label ? [[metric, label] as const] : [])));
    this.#ofTrainings = new Set(read.flatMap(({ metric, isOfTraining }) => (isOfTraining ? [metric] : [])));
    this.places = [...new Map(read.map(({ place }) => [axesName(place), place])).values()];
  }

  /** @param metrics As in `quality.fid`. */
  static async read(inputs: readonly CollectedInput[], metrics: readonly string[]): Promise<CollectedValues> {
    const wanted = groupBy(new Set(metrics), (metric) => metricName(metric).stage);
    // Of a stage that is one for many cells once.
    const stages = [...new Map(inputs.map((input) => [input.stage, input])).values()];
    const logs = new Map(
      await pLimit(concurrentReads).map(stages, async (input) => [input.stage, await logOf(input)] as const),
    );
    const read: ReadValue[] = [];
    for (const { name, stage, key, kind, cell } of inputs) {
      const log = required(logs.get(stage), `what ${stage} has logged`);
      for (const metric of wanted.get(name) ?? []) {
        const ofStage = required(metricName(metric).metric, `the metric of ${metric}`);
        read.push({
          metric,
          stage,
          key,
          place: withoutSeed(cell),
          seed: cell[replication],
          isOfTraining: kind === 'train',
          ...log(ofStage),
        });
      }
    }
    return new CollectedValues(read);
  }

  /** Of all seeds, in their order; empty where no variant at the place has the stage. */
  at(metric: string, place: Axes): readonly CollectedValue[] {
    return this.#values.get(keyOf(metric, place)) ?? [];
  }

  /** Whether it is what a training has logged of itself. */
  isOfTraining(metric: string): boolean {
    return this.#ofTrainings.has(metric);
  }

  /** How the metric is read; undefined where nothing is known of that. */
  labelOf(metric: string): MetricLabel | undefined {
    return this.#labels.get(metric);
  }
}

interface ReadValue extends CollectedValue {
  readonly metric: string;
  readonly place: Axes;
  readonly label: MetricLabel | undefined;
  readonly isOfTraining: boolean;
}

/** The last value of a metric by its name in the stage. */
type Log = (name: string) => Pick<ReadValue, 'found' | 'identity' | 'label'>;

const concurrentReads = 8;

/** Values by their names: what an assertion writes as text may be a number on its axis. */
function keyOf(metric: string, place: Axes): string {
  const named = Object.entries(place).map(([axis, value]) => [axis, String(value)] as const);
  return JSON.stringify([metric, named.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

async function logOf({ found, kind }: CollectedInput): Promise<Log> {
  if ('lacks' in found) return () => ({ found, identity: undefined, label: undefined });
  const { metrics, identities } = await loggedBy(found);
  const curves = new Map(curvesIn(metrics).map(({ metric, points }) => [metric, points]));
  return (name) => {
    const identity = identities[required(name.split('.')[0], 'a name')];
    const points = curves.get(name) ?? [];
    // What a training logs of single batches swings; the report shows the same median.
    const last = (kind === 'train' ? runningMedian(points) : points).at(-1)?.value;
    const label = labelOf(kind, name, identity);
    if (last === undefined)
      return { found: { lacks: 'its stage has logged nothing of that name' }, identity, label };
    return Number.isNaN(last)
      ? { found: { lacks: 'it is not a number' }, identity, label }
      : { found: { value: last }, identity, label };
  };
}

function labelOf(
  kind: PlannedStage['kind'],
  name: string,
  identity: MetricIdentity | undefined,
): MetricLabel | undefined {
  const metrics = identity && { [required(name.split('.')[0], 'a name')]: { type: identity.metric } };
  switch (kind) {
    case 'train':
      return trainingLabel(name);
    case 'classifier':
      return classifierLabel(name);
    case 'evaluate':
      return metrics && evaluationLabel(name, metrics);
    case 'curves':
      return metrics && curveLabel(name, metrics);
    case 'dataset':
    case 'sample':
    case 'extractor':
    case 'command':
    case 'compare':
    case 'gate':
    case 'claim':
    case 'report':
      return undefined;
  }
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Digest, digestBytes } from '../base/digest.js';
import { finiteOrWord } from '../base/finite-or-word.js';
import { required } from '../base/invariant.js';
import type { JsonObject } from '../base/json.js';
import type { MetricIdentity } from '../base/metric-identity.js';
import { type StageContext, type StageInput, StageProblem } from '../execute/contract.js';
import { loggedBy } from '../execute/recorded-events.js';
import {
  convergenceSlope,
  estimateCorrelation,
  type Level,
  type NamedCurve,
  shareOfSteps,
  timeToLevel,
} from '../metrics/curve-metrics.js';
import { curvesIn, smoothingWindow } from '../metrics/curves.js';
import { curveMetricVersions } from '../metrics/versions.js';
import type { RunnableFields } from '../spec/runnable.js';
import { metricName } from '../spec/references.js';
import { valued } from './metric-values.js';

type Metric = RunnableFields['curves']['metrics'][string];

/**
 * Measures curves that trainings and evaluations have logged, whether those ran just now or long ago: their events lie in their
 * artifacts. Logs all values at the last generator step of any of the curves, and writes them to `metrics.json` as an evaluation
 * does: `identities`, and `snapshots` of which there is one.
 *
 * @throws StageProblem at the metric that has no value.
 */
export async function runCurves({
  fields,
  inputs,
  output,
  emit,
  now,
}: StageContext<'curves'>): Promise<void> {
  const identities: Record<string, MetricIdentity> = {};
  const values: Record<string, number> = {};
  let step = 0;
  for (const [name, metric] of Object.entries(fields.metrics)) {
    const field = ['metrics', name];
    const of = await readCurve(required(inputs[`of.${name}`], 'the curve'), metric.of, [...field, 'of']);
    const estimate =
      metric.type === 'rank_correlation'
        ? await readCurve(required(inputs[`estimate.${name}`], 'the estimate'), metric.estimate, [
            ...field,
            'estimate',
          ])
        : undefined;
    for (const [part, value] of Object.entries(valuesOf(metric, of, estimate, [...field, 'of']))) {
      values[part === '' ? name : `${name}.${part}`] = value;
    }
    identities[name] = identityOf(metric, of, estimate);
    step = Math.max(step, ...[of, estimate].map((curve) => curve?.points.at(-1)?.step ?? 0));
  }
  emit({ type: 'identities', identities });
  emit({ type: 'metrics', step, timestamp: now(), values });
  await writeFile(
    join(output, 'metrics.json'),
    `${JSON.stringify({ identities, snapshots: [{ step, values }] }, finiteOrWord, 2)}\n`,
  );
}

interface LoggedCurve extends NamedCurve {
  /** The metric's name in its stage. */
  readonly metric: string;
  /** Of an evaluation's metric: what its values are of. */
  readonly identity: MetricIdentity | undefined;
}

/** @param name As in `quality.fid`. */
async function readCurve(input: StageInput, name: string, field: readonly string[]): Promise<LoggedCurve> {
  const { metrics, identities } = await loggedBy(input);
  const metric = required(metricName(name).metric, `the metric of ${name}`);
  const curve = curvesIn(metrics).find((one) => one.metric === metric);
  if (curve === undefined) {
    throw new StageProblem(
      `${name} has no value: its stage has logged nothing of that name`,
      field,
      'Let it train for longer, or name another metric.',
    );
  }
  const identity = identities[required(metric.split('.')[0], 'a name')];
  return { name, metric, points: curve.points, identity };
}

function valuesOf(
  metric: Metric,
  of: LoggedCurve,
  estimate: LoggedCurve | undefined,
  field: readonly string[],
): Readonly<Record<string, number>> {
  const start = metric.start.generator_steps;
  switch (metric.type) {
    case 'rank_correlation': {
      const other = required(estimate, 'an estimate');
      const { spearman, kendall } = valued(
        estimateCorrelation(of, other, { window: windowOf(metric, other), start }),
        field,
      );
      return { spearman, kendall };
    }
    case 'convergence_slope':
      return {
        '': valued(convergenceSlope(of, { window: windowOf(metric, of), start, scale: metric.scale }), field),
      };
    case 'time_to_level':
      return {
        '': valued(
          timeToLevel(of, { window: windowOf(metric, of), start, level: levelOf(metric.level) }),
          field,
        ),
      };
    case 'share_of_steps':
      return { '': valued(shareOfSteps(of, { start, level: levelOf(metric.level) }), field) };
  }
}

/** A training logs at every step, and swings; a snapshot is measured once. */
function windowOf({ window }: { readonly window?: number }, { identity }: LoggedCurve): number {
  return window ?? (identity === undefined ? smoothingWindow : 1);
}

function levelOf({ at_most, at_least }: { readonly at_most?: number; readonly at_least?: number }): Level {
  return at_most === undefined ? { at_least: required(at_least, 'a level') } : { at_most };
}

/** What the curve's own values are of, and how it was looked at. */
function identityOf(metric: Metric, of: LoggedCurve, estimate: LoggedCurve | undefined): MetricIdentity {
  const smoothed =
    metric.type === 'share_of_steps' ? undefined : { window: windowOf(metric, estimate ?? of) };
  const { metric: _, version: __, options: ___, ...sampled } = of.identity ?? { seed: 0 };
  return {
    ...(sampled as Omit<MetricIdentity, 'metric' | 'version' | 'options'>),
    ...(metric.type === 'time_to_level' && of.identity === undefined && { curve: digestOf(of) }),
    metric: metric.type,
    version: curveMetricVersions[metric.type],
    options: {
      of: curveIdentity(of),
      ...(estimate && { estimate: curveIdentity(estimate) }),
      ...smoothed,
      start: metric.start.generator_steps,
      ...('scale' in metric && { scale: metric.scale }),
      ...('level' in metric && { level: { ...levelOf(metric.level) } }),
    },
  };
}

function digestOf({ points }: LoggedCurve): Digest {
  const numbers = Float64Array.from(points.flatMap(({ step, value }) => [step, value]));
  return digestBytes(new Uint8Array(numbers.buffer));
}

function curveIdentity({ metric, identity }: LoggedCurve): JsonObject {
  if (identity === undefined) return { metric };
  const [, ...part] = metric.split('.');
  const { metric: type, version, options } = identity;
  return { metric: [type, ...part].join('.'), version, options };
}

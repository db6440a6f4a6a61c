import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { type MetricIdentity, unlikeField } from '../../src/base/metric-identity.js';
import { eventsFile } from '../../src/cache/contract.js';
import type { StageEvent } from '../../src/execute/contract.js';
import { toLine } from '../../src/execute/event-lines.js';
import type { StageId } from '../../src/plan/types.js';
import type { RunnableFields } from '../../src/spec/runnable.js';
import { runCurves } from '../../src/stages/curves.js';
import { fidIdentity } from '../base/identity.js';
import { noCheckpoints } from '../execute/support.js';
import { temporaryFolder } from './dataset-rig.js';

type Metrics = RunnableFields['curves']['metrics'];

/** An artifact in which a stage has left what it reported. */
async function artifactOf(events: readonly StageEvent[]): Promise<string> {
  const directory = await temporaryFolder();
  await writeFile(
    join(directory, eventsFile),
    events.map((event) => `${toLine(event)}\n`),
  );
  return directory;
}

const logged = (step: number, values: Readonly<Record<string, number>>): StageEvent => ({
  type: 'metrics',
  step,
  timestamp: 1,
  values,
});

/** Falls from 10 by 1 a step; it had diverged at step 12, went on from step 3, and had its budget at step 8. */
const training = artifactOf([
  ...[1, 2, 3, 4, 12].map((step) => logged(step, { wasserstein_estimate: step > 3 ? 99 : 11 - step })),
  {
    type: 'rolled_back',
    timestamp: 1,
    divergence: { kind: 'exploding', step: 12, message: 'the estimate explodes' },
    to: 3,
    attempt: 1,
  },
  ...[4, 5, 6, 7, 8].map((step) => logged(step, { wasserstein_estimate: 11 - step, js_estimate: NaN })),
]);

const evaluation = artifactOf([
  { type: 'identities', identities: { fid: fidIdentity, modes: fidIdentity } },
  ...[0, 2, 4, 6, 8].map((step) => logged(step, { fid: 100 - step, modes: 8, kl: Infinity })),
]);

/** The same course, in the units of another critic. */
const otherTraining = artifactOf(
  [1, 2, 3, 4, 5, 6, 7, 8].map((step) => logged(step, { wasserstein_estimate: 2 * (11 - step) })),
);

async function measured(metrics: Metrics, ofTraining = training) {
  const output = await temporaryFolder();
  const events: StageEvent[] = [];
  const directories = { train: await ofTraining, quality: await evaluation };
  const input = (name: string) => {
    const [stage] = name.split('.');
    return {
      stage: stage as StageId,
      directory: directories[stage as keyof typeof directories],
    };
  };
  const inputs = Object.fromEntries(
    Object.entries(metrics).flatMap(([name, metric]) => [
      [`of.${name}`, input(metric.of)],
      ...('estimate' in metric ? [[`estimate.${name}`, input(metric.estimate)] as const] : []),
    ]),
  );
  await runCurves({
    stage: 'course' as StageId,
    fields: { metrics },
    inputs,
    output,
    backend: 'cpu',
    now: () => 1_000,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    checkpoints: noCheckpoints,
  });
  const written = JSON.parse(await readFile(join(output, 'metrics.json'), 'utf8')) as {
    identities: Readonly<Record<string, MetricIdentity>>;
    snapshots: unknown;
  };
  return { events, written };
}

const start = { generator_steps: 0 };
const of = 'quality.fid';
const estimate = 'train.wasserstein_estimate';
const tells = { type: 'rank_correlation', of, estimate, start } as const;

test('curves are of what artifacts hold, without what a training went back behind', async () => {
  const { events, written } = await measured({
    tells,
    slope: { type: 'convergence_slope', of: estimate, scale: 'linear', window: 1, start },
    fast: { type: 'time_to_level', of: estimate, window: 1, level: { at_most: 5 }, start },
    smooth: { type: 'time_to_level', of: estimate, level: { at_most: 5 }, start },
    high: { type: 'share_of_steps', of: estimate, level: { at_least: 50 }, start },
    never: { type: 'time_to_level', of: 'quality.fid', level: { at_most: 5 }, start },
  });
  const values = {
    'tells.spearman': expect.closeTo(1, 12) as number,
    'tells.kendall': 1,
    slope: expect.closeTo(-1000, 9) as number,
    fast: 6,
    // The median of 10 to 3 is above 5.
    smooth: Infinity,
    high: 0,
    never: Infinity,
  };
  expect(events.at(-1)).toEqual({ type: 'metrics', step: 8, timestamp: 1_000, values });
  expect(written.snapshots).toMatchObject([{ step: 8, values: { never: 'Infinity', fast: 6 } }]);
  expect(events[0]).toEqual({ type: 'identities', identities: written.identities });
});

test('a value knows what its curve was of, and how it was looked at', async () => {
  const { written } = await measured({
    tells,
    high: { type: 'share_of_steps', of: estimate, level: { at_least: 50 }, start },
  });
  const { metric, version, options, ...sampled } = fidIdentity;
  expect(written.identities['tells']).toEqual({
    ...sampled,
    metric: 'rank_correlation',
    version: 1,
    options: {
      of: { metric, version, options },
      estimate: { metric: 'wasserstein_estimate' },
      window: 25,
      start: 0,
    },
  });
  expect(written.identities['high']).toEqual({
    metric: 'share_of_steps',
    version: 1,
    options: { of: { metric: 'wasserstein_estimate' }, start: 0, level: { at_least: 50 } },
    seed: 0,
  });
});

test('of trainings’ own curves none comes to a level first, as each critic has units of its own', async () => {
  const level = { at_most: 5 };
  const unlike = async (of: string) => {
    const time = { it: { type: 'time_to_level', of, level, window: 1, start } } as const;
    const [one, same, other] = await Promise.all(
      [training, training, otherTraining].map(async (ofTraining) => {
        const { it } = (await measured(time, ofTraining)).written.identities;
        if (!it) throw new Error('it has an identity');
        return it;
      }),
    );
    if (!one || !same || !other) throw new Error('three were measured');
    return [unlikeField(one, same), unlikeField(one, other)];
  };
  expect(await unlike(estimate)).toEqual([undefined, 'curve']);
  expect(await unlike('quality.fid')).toEqual([undefined, undefined]);
});

test.each<readonly [what: string, metric: Metrics[string], message: string, field: string]>([
  [
    'a constant curve',
    { ...tells, of: 'quality.modes' },
    'quality.modes is the same at all 4 snapshots, so that it has no ranks to correlate',
    'of',
  ],
  [
    'infinite values',
    { ...tells, of: 'quality.kl' },
    'quality.kl has 0 finite values where train.wasserstein_estimate has one, too, and 3 are needed',
    'of',
  ],
  [
    'a curve that is not there',
    { ...tells, estimate: 'train.slope.mean' },
    'train.slope.mean has no value: its stage has logged nothing of that name',
    'estimate',
  ],
  [
    'NaN alone',
    { type: 'convergence_slope', of: 'train.js_estimate', scale: 'linear', start },
    'train.js_estimate has no finite value',
    'of',
  ],
])('there is no number of %s', async (_what, metric, message, field) => {
  await expect(measured({ it: metric })).rejects.toMatchObject({ message, field: ['metrics', 'it', field] });
});

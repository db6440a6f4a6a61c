import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import sharp from 'sharp';
import { onTestFinished } from 'vitest';

import { fidIdentity } from '../base/identity.js';
import { digestBytes } from '../../src/base/digest.js';
import type { Artifact } from '../../src/cache/contract.js';
import type { StageEvent } from '../../src/execute/contract.js';
import type { RunEvent, RunStarted } from '../../src/execute/events.js';
import { recordOf, type RunRecord } from '../../src/execute/record.js';
import type { RegisterSpec } from '../../src/spec/registering.js';
import type { PlannedStage, StageId, StageKey } from '../../src/plan/types.js';
import { Journal, journalPath } from '../../src/tracking/journal.js';

/** A folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wassermill-tracking-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const startTime = Date.UTC(2026, 10, 23, 18, 35, 1);

/** Doubles that text, SQL and JSON tend to spoil; NaN and infinities among them. */
export const hardValues = [
  0.1 + 0.2,
  1 / 3,
  -5e-324,
  Number.MAX_VALUE,
  2 ** 53 + 2,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1.5,
  0,
];

export interface SampleRun {
  readonly run?: string;
  readonly pipeline?: string;
  /** Metric events of the train stage, one a step. */
  readonly steps?: number;
  /** What happens to the train stage; nothing at all for a run that was killed. */
  readonly train?: 'succeeded' | 'failed' | 'killed';
  readonly time?: number;
  /** Attempts at the train stage that failed before it. */
  readonly failedAttempts?: number;
  /** Where the registry is to have its networks. */
  readonly register?: RegisterSpec;
}

/** The events of a small run, with real files (pictures, weights) under `store`. */
export async function sampleEvents(store: string, options: SampleRun = {}): Promise<readonly RunEvent[]> {
  const { run = '20261123T183501Z-3f9a', steps = 60, train = 'succeeded' } = options;
  const time = options.time ?? startTime;
  const events: RunEvent[] = [
    {
      type: 'run_started',
      time,
      run,
      pipeline: options.pipeline ?? 'eight-gaussians',
      desc: 'Algorithm 1 of **arXiv 1701.07875** on a ring of eight Gaussians – ε, µ.',
      specification: { version: 1, name: 'eight-gaussians', seed: 7 },
      stages: options.register === undefined ? stages : registering(stages, options.register),
      provenance: {
        wassermill: '0.1.0',
        node: 'v20.19.4',
        backend: 'native',
        tensorflow: '2.21.0',
        cpu: 'A CPU of the test',
        cores: 2,
        git: { commit: '0f3c9a1be6f24d17a3f14c1d8a0e0b4dd0a6ce52', branch: 'main', dirty: false },
        pipelineFile: 'pipelines/eight-gaussians.yaml',
        user: 'ada',
      },
    },
  ];
  const report = (stage: string, event: StageEvent) =>
    events.push({ type: 'stage_reported', stage: id(stage), event });
  const succeed = async (stage: string, files: Readonly<Record<string, Uint8Array | string>>) => {
    const artifact = await artifactWith(join(store, stage.replace(':', '-')), stage, files);
    events.push({ type: 'stage_succeeded', time: time + 4000, stage: id(stage), cached: false, artifact });
  };

  events.push({ type: 'stage_started', time, stage: id('dataset:ring') });
  await succeed('dataset:ring', { 'train.npy': 'not read here' });

  events.push({ type: 'stage_started', time: time + 10, stage: id('train') });
  for (let attempt = 1; attempt <= (options.failedAttempts ?? 0); attempt++) {
    const failure = { reason: 'crashed', message: `attempt ${attempt} | of many`, lastLines: [] } as const;
    events.push({ type: 'stage_retried', time: time + 10, stage: id('train'), attempt, failure, delay: 0 });
    events.push({ type: 'stage_started', time: time + 10, stage: id('train') });
  }
  for (let step = 1; step <= steps; step++) {
    report('train', { type: 'progress', done: step, total: steps, unit: 'generator steps' });
    const value = hardValues[step % hardValues.length] ?? 0;
    const values = { wasserstein_estimate: 2 * Math.exp(-step / 20) + 0.05 * Math.sin(step), hard: value };
    report('train', { type: 'metrics', step, timestamp: time + 10 + step, values });
  }
  for (const step of [0, 30, 60]) {
    const file = `pictures/${step}.png`;
    report('train', { type: 'image', step, timestamp: time + 10 + step, name: 'samples', file });
  }
  if (train === 'killed') return events;
  if (train === 'failed') {
    const failure = { reason: 'crashed', message: 'out | of luck', lastLines: [] } as const;
    events.push({ type: 'stage_failed', time: time + 5000, stage: id('train'), failure });
    const because = { failed: id('train') };
    events.push({ type: 'stage_not_run', time: time + 5000, stage: id('quality'), because });
    events.push({ type: 'run_finished', time: time + 5001, outcome: 'failed' });
    return events;
  }
  await succeed('train', {
    'networks.json': '{"snapshots":[0,60]}',
    'snapshots/step-000000/generator.json': graphFile('latent', 'samples'),
    'snapshots/step-000000/generator.bin': 'untrained',
    'snapshots/step-000060/generator.json': graphFile('latent', 'samples'),
    'snapshots/step-000060/generator.bin': Uint8Array.of(1, 2, 3, 0, 255),
    'snapshots/step-000060/critic.json': graphFile('samples', 'scores'),
    'snapshots/step-000060/critic.bin': 'critic',
    'pictures/0.png': await picture(40, 0),
    'pictures/30.png': await picture(40, 128),
    'pictures/60.png': await picture(520, 255),
  });

  events.push({ type: 'stage_started', time: time + 4000, stage: id('quality') });
  report('quality', { type: 'identities', identities: { swd: fidIdentity } });
  report('quality', {
    type: 'metrics',
    step: 60,
    timestamp: time + 4100,
    values: { swd: 0.1 + 0.2, modes: 8 },
  });
  report('quality', { type: 'note', message: 'a note' });
  await succeed('quality', { 'metrics.json': '{}' });
  events.push({ type: 'run_finished', time: time + 5000, outcome: 'succeeded' });
  return events;
}

/** Two arms with two seeds each, over one dataset, and a last stage over the seeds of each arm; `failing` is the cell whose training fails. */
export async function sweepEvents(store: string, failing?: string): Promise<readonly RunEvent[]> {
  const [dataset, train, quality] = stages as readonly [PlannedStage, PlannedStage, PlannedStage];
  const arms = [
    { arm: 'clip', batch_size: 64 },
    { arm: 'penalty', batch_size: 128 },
  ];
  const planned = arms.flatMap(({ arm, batch_size }) => [
    ...[1, 2].flatMap((seed) => {
      const axes = { arm, seed };
      const cell = `arm=${arm},seed=${seed}`;
      const own = (stage: PlannedStage, more: object): PlannedStage =>
        ({
          ...stage,
          id: id(`${stage.id}@${cell}`),
          key: key(`${stage.id}@${cell}`),
          axes,
          fields: { ...stage.fields, ...more },
          inputs: stage.inputs.map((input) =>
            input.stage === train.id ? { ...input, stage: id(`train@${cell}`) } : input,
          ),
        }) as PlannedStage;
      return [own(train, { batch_size, seed }), own(quality, { seed })];
    }),
    { ...quality, id: id(`summary@arm=${arm}`), key: key(`summary@arm=${arm}`), axes: { arm } },
  ]);
  const [started] = await sampleEvents(store);
  const events: RunEvent[] = [{ ...(started as RunStarted), stages: [dataset, ...planned] }];
  for (const [index, { id: stage, kind }] of [dataset, ...planned].entries()) {
    const time = startTime + 1000 * index;
    events.push({ type: 'stage_started', time, stage });
    if (kind === 'train' && stage.endsWith(`@${failing}`)) {
      const failure = { reason: 'crashed', message: 'out of luck', lastLines: [] } as const;
      events.push({ type: 'stage_failed', time: time + 500, stage, failure });
      continue;
    }
    const timestamp = time + 100;
    if (kind !== 'dataset')
      events.push({
        type: 'stage_reported',
        stage,
        event: { type: 'metrics', step: 1, timestamp, values: { value: index } },
      });
    const artifact = await artifactWith(join(store, stage.replaceAll(/[:@]/g, '-')), stage, {
      'metrics.json': '{}',
    });
    events.push({ type: 'stage_succeeded', time: time + 500, stage, cached: false, artifact });
  }
  events.push({ type: 'run_finished', time: startTime + 60_000, outcome: failing ? 'failed' : 'succeeded' });
  return events;
}

/** The sample run, as a finished run leaves it in a runs folder. */
export async function sampleRun(
  runsDirectory: string,
  options: SampleRun = {},
): Promise<{ readonly directory: string; readonly record: RunRecord }> {
  return writeRun(
    runsDirectory,
    await sampleEvents(join(runsDirectory, 'store', options.run ?? 'first'), options),
  );
}

/** A run of these events, as it lies in a runs folder. */
export async function writeRun(
  runsDirectory: string,
  events: readonly RunEvent[],
): Promise<{ readonly directory: string; readonly record: RunRecord }> {
  const record = recordOf(events);
  const directory = join(runsDirectory, 'history', record.start.run);
  await writeRunFiles(directory);
  const journal = new Journal(journalPath(directory));
  for (const event of events) journal.write(event);
  journal.close();
  return { directory, record };
}

export async function writeRunFiles(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'resolved.yaml'), 'version: 1\nname: eight-gaussians\n');
  await writeFile(join(directory, 'plan.json'), '{"pipeline":"eight-gaussians"}\n');
  await writeFile(join(directory, 'report.html'), '<!doctype html><title>report</title><h1>Report</h1>\n');
}

function registering(planned: readonly PlannedStage[], register: RegisterSpec): readonly PlannedStage[] {
  const policy = { always: false, retries: 0, gpu: 0, register };
  return planned.map((stage) => (stage.kind === 'train' ? { ...stage, policy } : stage));
}

/** So much of a graph model as is asked of it here: what goes in and comes out, two values each. */
function graphFile(input: string, output: string): string {
  const tensor = { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: -1 }, { size: 2 }] } };
  const signature = { inputs: { [input]: tensor }, outputs: { [output]: tensor } };
  return JSON.stringify({
    format: 'graph-model',
    modelTopology: { node: [] },
    signature,
    weightsManifest: [],
  });
}

const id = (name: string): StageId => name as StageId;
const key = (name: string): StageKey => digestBytes(name) as StageKey;

export async function artifactWith(
  directory: string,
  stage: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<Artifact> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  const described = Object.entries(files).map(([path, content]) => {
    return { path, bytes: content.length, digest: digestBytes(content) };
  });
  return { key: key(stage), directory, files: described, digest: digestBytes(`${stage}!`), seconds: 3.99 };
}

async function picture(side: number, green: number): Promise<Buffer> {
  const background = { r: 200, g: green, b: 40 };
  return await sharp({ create: { width: side, height: side, channels: 3, background } })
    .png()
    .toBuffer();
}

const rmsprop = {
  type: 'rmsprop',
  lr: 0.001,
  rho: 0.99,
  epsilon: 1e-8,
  schedule: { type: 'constant' },
} as const;

const stages: readonly PlannedStage[] = [
  {
    id: id('dataset:ring'),
    kind: 'dataset',
    fields: {
      type: 'gaussian_mixture',
      layout: 'ring',
      modes: 8,
      radius: 2,
      std: 0.05,
      seed: 0,
      splits: { train: 50_000, test: 0.1 },
    },
    inputs: [],
    after: [],
    key: key('dataset:ring'),
  },
  {
    id: id('train'),
    kind: 'train',
    fields: {
      generator: { type: 'mlp_generator', z_dim: 2, hidden: [128, 128], activation: 'relu', norm: 'none' },
      critic: { type: 'mlp_critic', hidden: [128, 128], activation: 'relu', norm: 'none' },
      objective: { type: 'wasserstein' },
      critic_iterations: { type: 'constant', count: 5 },
      lipschitz: { type: 'clip', range: [-0.01, 0.01], layers: {}, when: 'after_step' },
      optimizer: { generator: rmsprop, critic: rmsprop },
      batch_size: 128,
      precision: 'float32',
      budget: { generator_steps: 60 },
      seed: 7,
      threads: 2,
    },
    inputs: [{ role: 'dataset', stage: id('dataset:ring'), split: 'train' }],
    after: [],
    key: key('train'),
  },
  {
    id: id('quality'),
    kind: 'evaluate',
    fields: {
      weights: 'average',
      at: 'end',
      samples: 1000,
      metrics: { swd: { type: 'sliced_wasserstein', projections: 256 } },
      seed: 7,
      threads: 2,
    },
    inputs: [
      { role: 'model', stage: id('train') },
      { role: 'reference', stage: id('dataset:ring'), split: 'test' },
    ],
    after: [],
    key: key('quality'),
  },
];

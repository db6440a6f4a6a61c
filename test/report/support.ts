import sharp from 'sharp';

import { digestBytes } from '../../src/base/digest.js';
import { required } from '../../src/base/invariant.js';
import type { JsonObject } from '../../src/base/json.js';
import type { Artifact } from '../../src/cache/contract.js';
import type { RunEvent, StageFailure } from '../../src/execute/events.js';
import { recordOf, type RunRecord, type StageRecord } from '../../src/execute/record.js';
import type { PlannedStage, StageId, StageKey } from '../../src/plan/types.js';
import type { Point } from '../../src/metrics/curves.js';

/** What the fixture's run looks like; everything else in it is fixed. */
export interface RingRun {
  readonly steps?: number;
  readonly snapshotEvery?: number;
  readonly name?: string;
  readonly desc?: string;
  readonly note?: string;
  readonly image?: string;
  readonly metricName?: string;
  readonly objective?: 'wasserstein' | 'non_saturating';
  /** The dataset comes from the cache. */
  readonly cached?: boolean;
  /** The train stage ends so at half of its steps, and the run with it. */
  readonly failure?: StageFailure;
  /** Attempts at the train stage that failed so before it. */
  readonly retried?: readonly StageFailure[];
  /** Generator steps whose estimate is NaN. */
  readonly broken?: readonly number[];
  /** Under way still: no events after half of the steps. */
  readonly unfinished?: boolean;
}

export const startTime = Date.UTC(2026, 10, 23, 18, 35, 1);

export const id = (name: string): StageId => name as StageId;
const keyOf = (name: string): StageKey => digestBytes(name) as StageKey;

export function artifact(name: string, seconds: number): Artifact {
  const key = keyOf(name);
  return {
    key,
    directory: `/store/${String(key).slice(0, 12)}`,
    files: [],
    digest: digestBytes(`${name}!`),
    seconds,
  };
}

/** A run of 8 Gaussians as the executor would tell it: noise and all, the same on every call. */
export function ringEvents(options: RingRun = {}): readonly RunEvent[] {
  const steps = options.steps ?? 1200;
  const every = options.snapshotEvery ?? 200;
  const noise = noiseFrom(7);
  const events: RunEvent[] = [];
  let time = startTime;
  const metricName = options.metricName ?? 'swd';
  const stages = ringStages(steps, every, options.objective ?? 'wasserstein', metricName);
  const image = options.image ?? 'samples';

  events.push({
    type: 'run_started',
    time,
    run: '20261123T183501Z-3f9a',
    pipeline: options.name ?? 'eight-gaussians',
    desc: options.desc ?? 'Algorithm 1 of arXiv 1701.07875 on a ring of eight Gaussians.',
    specification: specificationOf(options, stages),
    stages,
    provenance: {
      wassermill: '0.1.0',
      node: 'v20.19.4',
      backend: 'native',
      tensorflow: '2.21.0',
      cpu: 'AMD EPYC 9B14',
      cores: 2,
      git: { commit: '0f3c9a1be6f24d17a3f14c1d8a0e0b4dd0a6ce52', branch: 'main', dirty: true },
      pipelineFile: 'pipelines/quickstart.yaml',
      user: 'ada',
    },
  });

  const start = (stage: string) => events.push({ type: 'stage_started', time, stage: id(stage) });
  const finish = (stage: string, seconds: number, cached = false) => {
    if (!cached) time += seconds * 1000;
    const stored = artifact(stage, seconds);
    events.push({ type: 'stage_succeeded', time, stage: id(stage), cached, artifact: stored });
  };
  const draw = (stage: string, step: number) => {
    const file = `${image}/${String(step).padStart(6, '0')}.png`;
    const event = { type: 'image', step, timestamp: time, name: 'samples', file } as const;
    events.push({ type: 'stage_reported', stage: id(stage), event });
  };
  const measure = (stage: string, step: number, values: Readonly<Record<string, number>>) => {
    const event = { type: 'metrics', step, timestamp: Math.round(time), values } as const;
    events.push({ type: 'stage_reported', stage: id(stage), event });
  };

  if (options.cached !== true) start('dataset:ring');
  finish('dataset:ring', 1.2, options.cached);

  start('train');
  for (const [index, failure] of (options.retried ?? []).entries()) {
    const delay = 2 ** index;
    events.push({ type: 'stage_retried', time, stage: id('train'), attempt: index + 1, failure, delay });
    time += 1000 * delay;
    start('train');
  }
  const last = options.failure !== undefined || options.unfinished === true ? Math.floor(steps / 2) : steps;
  draw('train', 0);
  for (let step = 1; step <= last; step++) {
    time += 26;
    const shape = 1.9 * Math.exp(-step / 260) * (1 - Math.exp(-step / 12)) + 0.06;
    const estimate = options.broken?.includes(step) === true ? Number.NaN : shape * (1 + 0.35 * noise());
    measure('train', step, {
      wasserstein_estimate: estimate,
      critic_loss: -estimate,
      generator_loss: 0.4 - shape / 2 + 0.08 * noise(),
    });
    const progress = { type: 'progress', done: step, total: steps, unit: 'generator steps' } as const;
    events.push({ type: 'stage_reported', stage: id('train'), event: progress });
    if (step % every === 0) draw('train', step);
  }
  if (options.unfinished === true) return events;
  if (options.note !== undefined) {
    events.push({
      type: 'stage_reported',
      stage: id('train'),
      event: { type: 'note', message: options.note },
    });
  }
  if (options.failure !== undefined) {
    const { failure } = options;
    const interrupted = failure.reason === 'interrupted';
    events.push({ type: 'stage_failed', time, stage: id('train'), failure });
    for (const stage of ['quality', 'picture']) {
      const because = interrupted ? 'interrupted' : { failed: id('train') };
      events.push({ type: 'stage_not_run', time, stage: id(stage), because });
    }
    events.push({ type: 'run_finished', time, outcome: interrupted ? 'interrupted' : 'failed' });
    return events;
  }
  finish('train', 31.2 - (steps * 26) / 1000 > 0 ? 31.2 - (steps * 26) / 1000 : 31.2);

  start('quality');
  for (let step = 0; step <= steps; step += every) {
    time += 700;
    const swd = 1.31 * Math.exp((-step / steps) * 3.1) + 0.03 + 0.01 * noise();
    const modes = Math.min(8, 1 + Math.floor((9 * step) / steps));
    measure('quality', step, {
      [metricName]: swd,
      modes,
      'modes.high_quality_share': 0.97 - 0.93 * Math.exp(-step / 300),
    });
  }
  finish('quality', 4.9);
  start('picture');
  draw('picture', steps);
  finish('picture', 0.8);
  events.push({ type: 'run_finished', time, outcome: 'succeeded' });
  return events;
}

export function ringRun(options: RingRun = {}): RunRecord {
  return recordOf(ringEvents(options));
}

export function stageRecord(record: RunRecord, name: string): StageRecord {
  return required(
    record.stages.find((stage) => stage.stage.id === name),
    `stage ${name} in the fixture`,
  );
}

export function pointsOf(values: readonly number[]): readonly Point[] {
  return values.map((value, step) => ({ step, value }));
}

/** Reads any sample picture of the fixture: 512 dots that gather around the eight centres as steps go by. */
export const ringWorld = {
  now: startTime + 60_000,
  readFile: async (path: string): Promise<Uint8Array> => {
    const step = Number(/(\d{6})\.png$/.exec(path)?.[1] ?? '0');
    const noise = noiseFrom(step + 1);
    const settled = 1 - Math.exp(-step / 300);
    const dots = Array.from({ length: 512 }, (_, index) => {
      const angle = (Math.PI / 4) * (index % 8);
      const spread = 14 + 60 * (1 - settled);
      const x = 160 + 110 * settled * Math.cos(angle) + spread * noise();
      const y = 160 + 110 * settled * Math.sin(angle) + spread * noise();
      return `<circle cx="${x}" cy="${y}" r="2" fill="#1f5fa8" fill-opacity=".55"/>`;
    });
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320">` +
      `<rect width="320" height="320" fill="#fff"/>${dots.join('')}</svg>`;
    return sharp(Buffer.from(svg)).png({ palette: true }).toBuffer();
  },
};

/** Roughly normal numbers with standard deviation 0.5, always the same ones for a seed. */
function noiseFrom(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => uniform() + uniform() + uniform() - 1.5;
}

function ringStages(
  steps: number,
  every: number,
  objective: 'wasserstein' | 'non_saturating',
  metricName: string,
): readonly PlannedStage[] {
  const rmsprop = {
    type: 'rmsprop',
    lr: 1e-3,
    rho: 0.99,
    epsilon: 1e-8,
    schedule: { type: 'constant' },
  } as const;
  return [
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
        splits: { train: 50_000, test: 2000 },
      },
      inputs: [],
      after: [],
      key: keyOf('dataset:ring'),
    },
    {
      id: id('train'),
      kind: 'train',
      fields: {
        generator: {
          type: 'mlp_generator',
          z_dim: 2,
          hidden: [128, 128, 128],
          activation: 'relu',
          norm: 'none',
        },
        critic: { type: 'mlp_critic', hidden: [128, 128, 128], activation: 'relu', norm: 'none' },
        objective: { type: objective },
        critic_iterations: { type: 'constant', count: 5 },
        lipschitz: { type: 'clip', range: [-0.1, 0.1], layers: {}, when: 'after_step' },
        optimizer: { generator: rmsprop, critic: rmsprop },
        batch_size: 128,
        precision: 'float32',
        budget: { generator_steps: steps },
        snapshots: { every: { generator_steps: every }, samples: 512 },
        seed: 0,
        threads: 2,
      },
      inputs: [{ role: 'dataset', stage: id('dataset:ring'), split: 'train' }],
      after: [],
      key: keyOf('train'),
    },
    {
      id: id('quality'),
      kind: 'evaluate',
      fields: {
        at: 'every_snapshot',
        weights: 'average',
        samples: 2000,
        metrics: {
          [metricName]: { type: 'sliced_wasserstein', projections: 128 },
          modes: { type: 'modes_covered' },
        },
        seed: 0,
        threads: 2,
      },
      inputs: [
        { role: 'model', stage: id('train') },
        { role: 'reference', stage: id('dataset:ring'), split: 'test' },
      ],
      after: [],
      key: keyOf('quality'),
    },
    {
      id: id('picture'),
      kind: 'sample',
      fields: { weights: 'average', count: 512, seed: 0, threads: 2 },
      inputs: [{ role: 'model', stage: id('train') }],
      after: [],
      key: keyOf('picture'),
    },
  ];
}

/** In the shape of a canonical specification, made from the stages so that the two agree. */
function specificationOf(options: RingRun, stages: readonly PlannedStage[]): JsonObject {
  const plain = JSON.parse(JSON.stringify(stages)) as { id: string; kind: string; fields: JsonObject }[];
  const [dataset, ...rest] = plain;
  return {
    version: 1,
    name: options.name ?? 'eight-gaussians',
    desc: options.desc ?? 'Algorithm 1 of arXiv 1701.07875 on a ring of eight Gaussians.',
    seed: 0,
    datasets: { ring: dataset?.fields ?? {} },
    stages: Object.fromEntries(rest.map((stage) => [stage.id, { type: stage.kind, ...stage.fields }])),
  };
}

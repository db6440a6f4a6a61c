import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { required } from '../../src/base/invariant.js';
import type { CheckpointInterval, StageEvent } from '../../src/execute/contract.js';
import { localWorkers, type WorkerPoolOptions } from '../../src/execute/worker-pool.js';
import type { StageId } from '../../src/plan/types.js';
import { seededRandom, temporaryFolder } from '../files/support.js';
import { datasetIn, threeClasses, type TrainFields, trainFields } from './training-support.js';

/* Trainings in worker processes, ended in all ways; what comes out in the end must be what comes out undisturbed. */

const module = fileURLToPath(new URL('../../dist/cli/worker.js', import.meta.url));

const steps = 200;
const fields: TrainFields = {
  ...trainFields,
  // What needs more state than weights and slots, or decides by it.
  critic_iterations: { type: 'adaptive', min: 1, max: 3, threshold: 0.1 },
  conditional: { type: 'projection', generator: { type: 'embedding', dimensions: 2 } },
  average: { decay: 0.9, start: { generator_steps: 20 } },
  optimizer: {
    ...trainFields.optimizer,
    generator: {
      ...{ type: 'adamw', lr: 1e-3, beta1: 0.5, beta2: 0.9, epsilon: 1e-8, weight_decay: 0.01 },
      schedule: { type: 'linear', final: 0.1, warm_up: { generator_steps: 30 } },
    },
  },
  budget: { generator_steps: steps },
  snapshots: { every: { generator_steps: 50 }, samples: 16 },
  threads: 1,
};

interface Attempt extends Pick<Partial<WorkerPoolOptions>, 'saveRequests'> {
  /** Where its samples are. */
  readonly samples?: 'memory' | 'disk';
  readonly interval?: CheckpointInterval;
  readonly environment?: Readonly<Record<string, string>>;
  /** Told of all that the worker reports, with its process number and what asks it to stop. */
  readonly onEvent?: (event: StageEvent, worker: number, stop: () => void) => void;
}

/** A stage, its data and its checkpoint; each attempt has an output folder of its own, as the drafts of a store. */
async function bench(within?: string, checkpointFolder?: string) {
  const folder = within ?? (await temporaryFolder());
  const checkpoint = checkpointFolder ?? join(folder, 'checkpoint');
  const dataset = join(folder, 'dataset');
  await datasetIn(dataset, 'points', 100, threeClasses);
  const attempt = async ({
    samples = 'disk',
    interval = { steps: 7 },
    environment,
    onEvent,
    ...options
  }: Attempt = {}) => {
    const output = await mkdtemp(join(folder, 'output-'));
    const events: StageEvent[] = [];
    const stop = new AbortController();
    let worker = 0;
    const startWorker = localWorkers({
      module,
      environment: { ...process.env, ...environment },
      log: () => undefined,
      ...options,
    });
    const result = await startWorker(
      {
        stage: 'train' as StageId,
        kind: 'train',
        fields,
        inputs: { dataset: { stage: 'dataset:points' as StageId, directory: dataset, split: 'train' } },
        output,
        backend: 'cpu',
        samples,
        checkpoint: { folder: checkpoint, interval },
      },
      {
        signal: stop.signal,
        onStart: (pid) => (worker = pid),
        onEvent: (event) => {
          events.push(event);
          onEvent?.(event, worker, () => stop.abort());
        },
      },
    );
    return { output, events, result };
  };
  return { checkpoint, attempt };
}

/** Digests of the files in a folder, by path. */
async function contentOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.map(async (file) => [file.slice(folder.length + 1), digestBytes(await readFile(file))] as const),
  );
  return Object.fromEntries(contents);
}

/** All that was reported and is no account of the work itself, without times of day. */
function historyOf(events: readonly StageEvent[]): readonly unknown[] {
  return events
    .filter((event) => event.type !== 'progress' && event.type !== 'note')
    .map((event) => ({ ...event, timestamp: 0 }));
}

const notesOf = (events: readonly StageEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'note' ? [event.message] : []));

/** Generator steps that had been made before an attempt, which its first word says. */
function madeBefore(events: readonly StageEvent[]): number {
  const [first] = events.flatMap((event) => (event.type === 'progress' ? [event.done] : []));
  return required(first, 'a word of progress');
}

let shared: string;
let straight: { readonly files: Readonly<Record<string, string>>; readonly history: readonly unknown[] };
beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'wassermill-test-'));
  // In memory, and all others from the disk.
  const { output, events, result } = await (await bench(shared)).attempt({ samples: 'memory' });
  expect(result).toEqual({ ok: true, value: undefined });
  expect(notesOf(events)).toEqual([]);
  straight = { files: await contentOf(output), history: historyOf(events) };
});
afterAll(() => rm(shared, { recursive: true, force: true }));

type Attempted = Awaited<ReturnType<Awaited<ReturnType<typeof bench>>['attempt']>>;

async function expectStraight({ output, events, result }: Attempted): Promise<void> {
  expect(result).toEqual({ ok: true, value: undefined });
  expect(await contentOf(output)).toEqual(straight.files);
  expect(historyOf(events)).toEqual(straight.history);
}

/** What to do when the training has made so many steps of its own, or a little later. */
function afterSteps(count: number, action: (worker: number, stop: () => void) => void, milliseconds = 0) {
  let made = -Infinity;
  return (event: StageEvent, worker: number, stop: () => void): void => {
    // What was reported before is reported again ahead of the first word of progress.
    if (event.type === 'progress' && made < 0) made = 0;
    if (event.type === 'metrics') made += 1;
    if (made !== count) return;
    made = Infinity;
    if (milliseconds > 0) setTimeout(() => action(worker, stop), milliseconds);
    else action(worker, stop);
  };
}

const kill = (worker: number): void => void process.kill(-worker, 'SIGKILL');

test(
  'killed at random moments, a training ends with the bits of one that was not',
  { timeout: 300_000 },
  async () => {
    const seed = Number(process.env['WASSERMILL_TEST_SEED'] ?? randomInt(2 ** 31));
    console.log(`WASSERMILL_TEST_SEED=${seed}`);
    const random = seededRandom(seed);
    const { attempt } = await bench();
    for (let kills = 0; kills < 10; kills += 1) {
      const onEvent = afterSteps(Math.floor(25 * random()), kill, 20 * random());
      const { result } = await attempt({ onEvent });
      expect(result).toMatchObject({ ok: false, error: { reason: 'killed', signal: 'SIGKILL' } });
    }
    const last = await attempt();
    await expectStraight(last);
    expect(notesOf(last.events)).toEqual([expect.stringMatching(/^Resumed at generator step \d+ of 200\.$/)]);
    expect(madeBefore(last.events) % 7).toBe(0);
  },
);

describe('a training puts away how far it has come', () => {
  const never: CheckpointInterval = { seconds: 3600 };

  test('when it is asked to stop, and goes on from there', async () => {
    const { attempt } = await bench();
    const stopped = await attempt({ interval: never, onEvent: afterSteps(10, (_, stop) => stop()) });
    expect(stopped.result).toEqual({ ok: false, error: { reason: 'interrupted' } });
    const made = stopped.events.filter(({ type }) => type === 'metrics').length;
    const resumed = await attempt({ interval: never });
    expect(madeBefore(resumed.events)).toBe(made);
    await expectStraight(resumed);
  });

  test('when it is asked to, by SIGUSR2, and works on', async () => {
    const requests = new EventEmitter();
    const { attempt } = await bench();
    const save = afterSteps(10, () => requests.emit('save'));
    const die = afterSteps(60, kill);
    const killed = await attempt({
      interval: never,
      saveRequests: (listener) => {
        requests.on('save', listener);
        return () => requests.off('save', listener);
      },
      onEvent: (...told) => {
        save(...told);
        die(...told);
      },
    });
    expect(killed.result).toMatchObject({ ok: false, error: { reason: 'killed' } });
    expect(requests.listenerCount('save')).toBe(0);
    const resumed = await attempt({ interval: never });
    expect(madeBefore(resumed.events)).toBeGreaterThanOrEqual(10);
    expect(madeBefore(resumed.events)).toBeLessThan(60);
    await expectStraight(resumed);
  });
});

describe('a checkpoint', () => {
  async function killedBench() {
    const rig = await bench();
    await rig.attempt({ interval: { steps: 60 }, onEvent: afterSteps(75, kill) });
    return rig;
  }

  test.each([
    ['state', async (folder: string) => truncate(await only(folder, /^state-/), 40), /state-.* has changed/],
    [
      'marker',
      (folder: string) => truncate(join(folder, 'checkpoint.json'), 40),
      /checkpoint.json is corrupt/,
    ],
    ['events', (folder: string) => truncate(join(folder, 'events.jsonl'), 40), /events are missing/],
    [
      'a file',
      (folder: string) => rm(join(folder, 'files/samples/step-000050.png')),
      /samples\/step-000050.png is missing/,
    ],
  ])('that is not whole (%s) is not used, and the training says so', async (_, damage, reason) => {
    const { attempt, checkpoint } = await killedBench();
    await damage(checkpoint);
    const restarted = await attempt();
    expect(madeBefore(restarted.events)).toBe(0);
    expect(notesOf(restarted.events)).toEqual([expect.stringMatching(reason)]);
    await expectStraight(restarted);
  });

  test('what is computed again is compared with what had been reported', async () => {
    const { attempt, checkpoint } = await killedBench();
    const file = join(checkpoint, 'events.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const index = lines.findIndex((line) => line.includes('"step":70,'));
    lines[index] = (lines[index] ?? '').replace(/"generator_loss":[^,}]+/, '"generator_loss":0.25');
    await writeFile(file, lines.join('\n'));
    const resumed = await attempt();
    expect(notesOf(resumed.events)).toEqual([
      'Resumed at generator step 60 of 200.',
      expect.stringMatching(/^What was computed again differs .* at step 70: generator_loss \S+, then 0.25$/),
    ]);
    await expectStraight(resumed);
  });

  test('of another machine is used, and the training says what is different', async () => {
    const { attempt } = await killedBench();
    const resumed = await attempt({ environment: { ONEDNN_MAX_CPU_ISA: 'AVX2' } });
    expect(notesOf(resumed.events)).toEqual([
      expect.stringMatching(/^Resumed at .*another machine .*instruction set .*ONEDNN_MAX_CPU_ISA=AVX2/),
    ]);
    await expectStraight(resumed);
  });

  test('that cannot be written costs the checkpoint alone', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'checkpoint'), '');
    const { attempt } = await bench(folder, join(folder, 'checkpoint/in-a-file'));
    const trained = await attempt();
    expect(notesOf(trained.events)).toEqual([expect.stringMatching(/^Without checkpoints .*ENOTDIR/)]);
    await expectStraight(trained);
  });
});

async function only(folder: string, name: RegExp): Promise<string> {
  const [found, ...others] = (await readdir(folder)).filter((file) => name.test(file));
  expect(others).toEqual([]);
  return join(folder, required(found, String(name)));
}

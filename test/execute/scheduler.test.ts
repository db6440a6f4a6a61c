import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { ok } from '../../src/base/result.js';
import type { Cache } from '../../src/cache/contract.js';
import type { StageEvent } from '../../src/execute/contract.js';
import type { StartWorker } from '../../src/execute/worker-pool.js';
import { keyOf } from '../cache/support.js';
import { bench, chain, failing, problem, story, type Deeds } from './bench.js';
import { planOf, stageOf } from './support.js';

describe('a run', () => {
  test('makes what is missing, in order, and finds it the next time', async () => {
    const { run, contentOf } = await bench();
    const first = await run(chain);
    expect(first.outcome).toBe('succeeded');
    expect(first.ran).toEqual(['data', 'train', 'measure']);
    expect(await contentOf('measure')).toBe('measure(train(data()),data())');
    expect(first.events[0]).toMatchObject({ type: 'run_started', pipeline: 'test', stages: chain.stages });
    expect(first.events.at(-1)).toEqual({ type: 'run_finished', time: 1000, outcome: 'succeeded' });
    expect(story(first.events, 'train')).toEqual(['started', 'progress', 'metrics', 'succeeded']);

    const second = await run(chain);
    expect(second.ran).toEqual([]);
    expect(story(second.events, 'train')).toEqual(['metrics', 'cached']);
    // Metrics, and so MLflow and the report, do not depend on who computed them.
    expect(second.record.stages.map((stage) => stage.metrics)).toEqual(
      first.record.stages.map((stage) => stage.metrics),
    );
    expect(second.record.stages[1]?.metrics[0]?.values).toEqual({ length: 5, nan: NaN });
  });

  test('waits for stages that nothing is read from', async () => {
    const { run } = await bench();
    const plan = planOf(stageOf('slow'), stageOf('late', [], ['slow']));
    const { events } = await run(plan, { slow: () => delay(30).then(() => undefined) });
    const order = events.filter(
      (event) => event.type === 'stage_started' || event.type === 'stage_succeeded',
    );
    expect(order.map((event) => event.stage)).toEqual(['slow', 'slow', 'late', 'late']);
  });

  test('a failure stops its dependants, names the root of it, and nothing else', async () => {
    const { run } = await bench();
    const plan = planOf(
      stageOf('data'),
      stageOf('train', ['data']),
      stageOf('measure', ['train']),
      stageOf('report', [], ['measure']),
      stageOf('sample', ['data']),
    );
    const { outcome, events, record, ran } = await run(plan, { train: failing });
    expect(outcome).toBe('failed');
    expect(record.stages.map((stage) => stage.outcome)).toMatchObject([
      { state: 'succeeded' },
      { state: 'failed', failure: problem },
      { state: 'not_run', because: { failed: 'train' } },
      { state: 'not_run', because: { failed: 'train' } },
      { state: 'succeeded' },
    ]);
    expect(story(events, 'report')).toEqual(['not_run']);
    expect(ran.sort()).toEqual(['data', 'sample', 'train']);
    // Mended, only what is missing runs.
    expect((await run(plan)).ran).toEqual(['train', 'measure', 'report']);
  });

  test('two stages with the same key are computed once', async () => {
    const { run } = await bench();
    const twins = planOf(stageOf('a', [], [], 'same'), stageOf('b', [], [], 'same'));
    const { events, ran } = await run(twins, {}, { jobs: 4 });
    expect(ran).toHaveLength(1);
    expect(events.filter((event) => event.type === 'stage_succeeded').map((event) => event.cached)).toEqual([
      false,
      true,
    ]);
    expect((await run(twins, {}, { force: true })).ran).toHaveLength(1);
  });

  test('of two stages with the same key the first makes it, however long it waits; if it cannot, the second', async () => {
    const twins = planOf(stageOf('slow'), stageOf('a', [], ['slow'], 'same'), stageOf('b', [], [], 'same'));
    const whole = await bench();
    expect((await whole.run(twins, {}, { jobs: 4 })).ran).toEqual(['slow', 'a']);
    const broken = await bench();
    expect((await broken.run(twins, { slow: failing }, { jobs: 4 })).ran).toEqual(['slow', 'b']);
  });

  test('a stage that writes the events file itself fails, and the run goes on', async () => {
    const { run, folder } = await bench();
    const startWorker: StartWorker = async (job) => {
      if (job.stage === 'bad') await writeFile(join(job.output, 'events.jsonl'), '');
      return ok(undefined);
    };
    const { record } = await run(planOf(stageOf('bad'), stageOf('good')), {}, { startWorker });
    expect(record.stages[0]?.outcome).toMatchObject({
      state: 'failed',
      failure: { reason: 'system', message: /EEXIST/ },
    });
    expect(record.stages[1]?.outcome.state).toBe('succeeded');
    expect(existsSync(join(folder, 'drafts'))).toBe(true);
  });

  test('a store that cannot be written fails the stage with the reason', async () => {
    const { run, cache } = await bench();
    const full: Cache = {
      ...boundTo(cache),
      begin: async (key) => {
        const draft = await cache.begin(key);
        return { ...draft, commit: () => writeFile('/dev/full', 'the artifact') as Promise<never> };
      },
    };
    const { outcome, record } = await run(planOf(stageOf('big')), {}, { cache: full });
    expect(outcome).toBe('failed');
    expect(record.stages[0]?.outcome).toMatchObject({
      state: 'failed',
      failure: { reason: 'system', message: /ENOSPC/, help: /free some space/ },
    });
    expect((await cache.reserve(keyOf('big'))).state).toBe('acquired');
  });
});

function boundTo(cache: Cache): Cache {
  return {
    lookup: (key) => cache.lookup(key),
    verify: (artifact) => cache.verify(artifact),
    begin: (key) => cache.begin(key),
    reserve: (key) => cache.reserve(key),
    whenFree: (key, signal) => cache.whenFree(key, signal),
    remove: (key) => cache.remove(key),
    checkpointOf: (key) => cache.checkpointOf(key),
    removeCheckpoint: (key) => cache.removeCheckpoint(key),
  };
}

describe('the checkpoint of a stage', () => {
  const saveAndFail = (cache: Cache) => async () => {
    await mkdir(cache.checkpointOf(keyOf('train')), { recursive: true });
    await writeFile(join(cache.checkpointOf(keyOf('train')), 'step'), '');
    return { reason: 'interrupted' } as const;
  };
  const isThere = (cache: Cache) => existsSync(join(cache.checkpointOf(keyOf('train')), 'step'));

  test('is there for the next attempt, and goes when the stage has succeeded', async () => {
    const { run, cache } = await bench();
    await run(chain, { train: saveAndFail(cache) });
    let found = false;
    const look = () => {
      found = isThere(cache);
      return Promise.resolve(undefined);
    };
    await run(chain, { train: look });
    expect(found).toBe(true);
    expect(isThere(cache)).toBe(false);
  });

  test('is forgotten where all is to run again', async () => {
    const { run, cache } = await bench();
    await run(chain, { train: saveAndFail(cache) });
    let found = true;
    const look = () => {
      found = isThere(cache);
      return Promise.resolve(undefined);
    };
    await run(chain, { train: look }, { force: true });
    expect(found).toBe(false);
  });
});

describe('force', () => {
  test('runs everything again, and leaves equal results in place', async () => {
    const { run, cache } = await bench();
    await run(chain);
    const before = await cache.lookup(keyOf('train'));
    const forced = await run(chain, {}, { force: true, now: () => 99_000 });
    expect(forced.ran).toEqual(['data', 'train', 'measure']);
    expect(story(forced.events, 'train')).toEqual(['started', 'progress', 'metrics', 'succeeded']);
    expect(await cache.lookup(keyOf('train'))).toEqual(before);
  });

  test('says so when the result differs, and replaces it', async () => {
    const { run, contentOf } = await bench();
    const plan = planOf(stageOf('train'));
    await run(plan);
    const startWorker: StartWorker = async (job) => {
      await writeFile(join(job.output, 'out'), 'otherwise');
      return ok(undefined);
    };
    const { record } = await run(plan, {}, { force: true, startWorker });
    expect(record.stages[0]?.notes).toEqual([
      { type: 'note', message: 'The result differs from the earlier one of the same key: out' },
    ]);
    expect(await contentOf('train')).toBe('otherwise');
  });

  test('keeps what is there when the stage fails', async () => {
    const { run, contentOf } = await bench();
    await run(chain);
    const { outcome } = await run(chain, { train: failing }, { force: true });
    expect(outcome).toBe('failed');
    expect(await contentOf('train')).toBe('train(data())');
  });
});

describe('interruption', () => {
  test('stops what runs, and runs no more; the next run goes on', async () => {
    const { run, contentOf } = await bench();
    const stop = new AbortController();
    const untilStopped: Deeds[string] = async ({ signal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
        stop.abort();
      });
      return { reason: 'interrupted' };
    };
    const { outcome, record } = await run(chain, { train: untilStopped }, { signal: stop.signal });
    expect(outcome).toBe('interrupted');
    expect(record.stages.map((stage) => stage.outcome)).toMatchObject([
      { state: 'succeeded' },
      { state: 'failed', failure: { reason: 'interrupted' } },
      { state: 'not_run', because: 'interrupted' },
    ]);
    expect(await contentOf('train')).toBe('miss');
    expect((await run(chain)).ran).toEqual(['train', 'measure']);
  });

  test('before anything has run', async () => {
    const { run } = await bench();
    const { outcome, record, ran } = await run(chain, {}, { signal: AbortSignal.abort() });
    expect(outcome).toBe('interrupted');
    expect(ran).toEqual([]);
    for (const stage of record.stages)
      expect(stage.outcome).toEqual({ state: 'not_run', because: 'interrupted' });
  });

  test('while another holds the key', async () => {
    const { run, cache } = await bench();
    await cache.reserve(keyOf('train'));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const { outcome } = await run(planOf(stageOf('train')), {}, { signal: stop.signal });
    expect(outcome).toBe('interrupted');
  });
});

test('recorded events are told of in the order in which they came', async () => {
  const { run } = await bench();
  const told: StageEvent[] = Array.from({ length: 50 }, (_, step) => ({
    type: 'metrics',
    step,
    timestamp: step,
    values: { a: step },
  }));
  const startWorker: StartWorker = (_job, { onEvent }) => {
    for (const event of told) onEvent(event);
    return Promise.resolve(ok(undefined));
  };
  for (let round = 0; round < 2; round++) {
    const { record } = await run(planOf(stageOf('train')), {}, { startWorker });
    expect(record.stages[0]?.metrics).toEqual(told);
  }
});

import { existsSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { pauseAfter, realDelay, withinTime, type Delay } from '../../src/execute/attempts.js';
import type { StageFailure } from '../../src/execute/events.js';
import { stopOf } from '../../src/execute/stop.js';
import type { RunnableStage } from '../../src/plan/types.js';
import type { StagePolicy } from '../../src/spec/fields.js';
import { bench, problem, story } from './bench.js';
import { planOf, stageOf } from './support.js';

const plain: StagePolicy = { always: false, retries: 0, gpu: 0 };

function withPolicy(stage: RunnableStage, policy: Partial<StagePolicy>): RunnableStage {
  return { ...stage, policy: { ...plain, ...policy } };
}

/** A clock that has passed at once, and writes down for how long. */
function instant() {
  const waits: number[] = [];
  const delay: Delay = (seconds) => {
    waits.push(seconds);
    return Promise.resolve();
  };
  return { waits, delay };
}

const crash: StageFailure = { reason: 'crashed', message: 'oh', lastLines: [] };

describe('retries', () => {
  const plan = planOf(withPolicy(stageOf('train'), { retries: 2 }), stageOf('measure', ['train']));

  test('a stage that fails is tried again, and what it reported before does not count', async () => {
    const { run, contentOf } = await bench();
    const { waits, delay } = instant();
    let attempt = 0;
    const { outcome, events, record, ran } = await run(
      plan,
      {
        train: ({ onEvent }) => {
          attempt += 1;
          onEvent({ type: 'note', message: `attempt ${attempt}` });
          return Promise.resolve(attempt < 3 ? crash : undefined);
        },
      },
      { delay },
    );
    expect(outcome).toBe('succeeded');
    expect(ran).toEqual(['train', 'train', 'train', 'measure']);
    expect(waits).toEqual([1, 2]);
    const one = ['started', 'progress', 'metrics', 'note'];
    expect(story(events, 'train')).toEqual([...one, 'retried', ...one, 'retried', ...one, 'succeeded']);
    const [train] = record.stages;
    expect(train?.outcome.state).toBe('succeeded');
    expect(train?.notes.map(({ message }) => message)).toEqual(['attempt 3']);
    expect(train?.metrics).toHaveLength(1);
    expect(train?.retried).toMatchObject([
      { attempt: 1, failure: crash, delay: 1 },
      { attempt: 2, failure: crash, delay: 2 },
    ]);
    expect(await contentOf('train')).toBe('train()');
  });

  test('are as many as the stage says, and then it has failed', async () => {
    const { run } = await bench();
    const { events, ran } = await run(plan, { train: () => Promise.resolve(crash) }, instant());
    expect(ran).toEqual(['train', 'train', 'train']);
    expect(story(events, 'train').at(-1)).toBe('failed');
    expect(story(events, 'measure')).toEqual(['not_run']);
  });

  test.each<[string, StageFailure]>([
    ['a problem of the specification', problem],
    ['an interruption', { reason: 'interrupted' }],
  ])('are not made after %s', async (_what, failure) => {
    const { run } = await bench();
    const { ran } = await run(plan, { train: () => Promise.resolve(failure) }, instant());
    expect(ran).toEqual(['train']);
  });

  test('end where the run is interrupted while it waits', async () => {
    const { run } = await bench();
    const stop = new AbortController();
    const delay: Delay = (_seconds, signal) => {
      const wait = realDelay(3600, signal);
      stop.abort();
      return wait;
    };
    const { outcome, ran } = await run(
      plan,
      { train: () => Promise.resolve(crash) },
      { delay, signal: stop.signal },
    );
    expect(outcome).toBe('interrupted');
    expect(ran).toEqual(['train']);
  });

  test('let others work while one waits, and hold no right to the key', async () => {
    const { run, cache } = await bench();
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (release = resolve));
    const slow = withPolicy(stageOf('slow'), { retries: 1 });
    let failed = false;
    const { outcome, ran } = await run(
      planOf(slow, stageOf('quick')),
      {
        slow: () => {
          const failure = failed ? undefined : crash;
          failed = true;
          return Promise.resolve(failure);
        },
        quick: async () => {
          const reservation = await cache.reserve(slow.key);
          expect(reservation.state).toBe('acquired');
          if (reservation.state === 'acquired') await reservation.release();
          release();
          return undefined;
        },
      },
      { jobs: 1, delay: () => waiting },
    );
    expect(outcome).toBe('succeeded');
    expect(ran).toEqual(['slow', 'quick', 'slow']);
  });

  test('wait ever longer, a minute at most', () => {
    expect([1, 2, 3, 6, 7, 8, 100].map(pauseAfter)).toEqual([1, 2, 4, 32, 60, 60, 60]);
  });
});

describe('a time-out', () => {
  const stalling = ({ signal }: { readonly signal: AbortSignal }) =>
    new Promise<StageFailure>((resolve) => {
      const stopped = () => resolve(stopOf(signal, ['busy']));
      if (signal.aborted) stopped();
      else signal.addEventListener('abort', stopped);
    });
  const late: StageFailure = { reason: 'timed_out', seconds: 90, lastLines: ['busy'] };

  test('stops an attempt; the next may be quicker', async () => {
    const { run } = await bench();
    const { waits, delay } = instant();
    let attempt = 0;
    const plan = planOf(withPolicy(stageOf('train'), { retries: 1, timeout: 90 }));
    const { outcome, record } = await run(
      plan,
      { train: (watch) => ((attempt += 1) === 1 ? stalling(watch) : Promise.resolve(undefined)) },
      { delay },
    );
    expect(outcome).toBe('succeeded');
    expect(record.stages[0]?.retried).toMatchObject([{ attempt: 1, failure: late }]);
    // The limit of each attempt, and the pause between.
    expect(waits).toEqual([90, 1, 90]);
  });

  test('is a failure of its own, and stops nothing else', async () => {
    const { run } = await bench();
    const plan = planOf(withPolicy(stageOf('train'), { timeout: 90 }), stageOf('other'));
    const { outcome, record } = await run(plan, { train: stalling }, instant());
    expect(outcome).toBe('failed');
    expect(record.stages.map((stage) => stage.outcome)).toMatchObject([
      { state: 'failed', failure: late },
      { state: 'succeeded' },
    ]);
  });

  test('is none where the run is interrupted first', async () => {
    const stop = new AbortController();
    const work = withinTime(90, { signal: stop.signal, delay: realDelay }, (signal) => stalling({ signal }));
    stop.abort();
    expect(await work).toEqual({ reason: 'interrupted' });
  });
});

describe('a stage without a cache', () => {
  const plan = planOf(
    stageOf('data'),
    withPolicy(stageOf('noise', ['data']), { always: true }),
    stageOf('measure', ['noise']),
    stageOf('table', ['measure']),
    stageOf('late', ['data'], ['noise']),
  );

  test('runs every time, and so does what reads from it, though the result is the same', async () => {
    const { run, folder } = await bench();
    expect((await run(plan)).ran.sort()).toEqual(['data', 'late', 'measure', 'noise', 'table']);
    const again = await run(plan);
    expect(again.ran).toEqual(['noise', 'measure', 'table']);
    expect(again.outcome).toBe('succeeded');
    expect(story(again.events, 'data')).toEqual(['metrics', 'cached']);
    expect(story(again.events, 'table')).toEqual(['started', 'progress', 'metrics', 'succeeded']);
    expect(existsSync(folder)).toBe(true);
  });

  test('keeps what it had where it fails', async () => {
    const { run, contentOf } = await bench();
    await run(plan);
    const { record } = await run(plan, { noise: () => Promise.resolve(crash) });
    expect(record.stages[1]?.outcome.state).toBe('failed');
    expect(await contentOf('noise')).toBe('noise(data())');
  });
});

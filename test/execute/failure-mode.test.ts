import { once } from 'node:events';

import { describe, expect, test } from 'vitest';

import type { StageFailure } from '../../src/execute/events.js';
import { stopOf } from '../../src/execute/stop.js';
import { bench, failing, problem, story, type Deeds } from './bench.js';
import { planOf, stageOf } from './support.js';

/** `bad` fails while `long` runs; `after` depends on the failure, and `last` on what runs. */
const plan = planOf(stageOf('bad'), stageOf('long'), stageOf('after', ['bad']), stageOf('last', ['long']));

function deeds(): Deeds {
  let [begin, fail] = [(): void => undefined, (): void => undefined];
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const failed = new Promise<void>((resolve) => (fail = resolve));
  return {
    bad: async () => {
      await begun;
      setImmediate(fail);
      return problem;
    },
    /** Ends some time after the other has failed, unless it is stopped. */
    long: async ({ signal }) => {
      begin();
      await failed;
      const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), 50));
      const how = signal.aborted ? 'stopped' : await Promise.race([late, once(signal, 'abort')]);
      return how === 'late' ? undefined : stopOf(signal, []);
    },
  };
}

const stopped: StageFailure = { reason: 'stopped', failed: plan.stages[0]?.id ?? ('' as never) };

describe('when a stage has failed', () => {
  test('continue: what does not depend on it goes on', async () => {
    const { run } = await bench();
    const { outcome, record, ran } = await run(plan, deeds(), { onFailure: 'continue' });
    expect(outcome).toBe('failed');
    expect(ran.toSorted()).toEqual(['bad', 'last', 'long']);
    expect(record.stages.map(({ outcome: { state } }) => state)).toEqual([
      'failed',
      'succeeded',
      'not_run',
      'succeeded',
    ]);
  });

  test('stop: nothing new starts, and what runs may end; the next run goes on from there', async () => {
    const { run } = await bench();
    const { outcome, record, ran } = await run(plan, deeds(), { onFailure: 'stop' });
    expect(outcome).toBe('failed');
    expect(ran.toSorted()).toEqual(['bad', 'long']);
    expect(record.stages.map((stage) => stage.outcome)).toMatchObject([
      { state: 'failed', failure: problem },
      { state: 'succeeded', cached: false },
      { state: 'not_run', because: { failed: 'bad' } },
      { state: 'not_run', because: { stopped: 'bad' } },
    ]);
    const again = await run(plan, {}, { onFailure: 'stop' });
    expect([again.outcome, again.ran.toSorted()]).toEqual(['succeeded', ['after', 'bad', 'last']]);
  });

  test('kill: what runs is stopped, too, and is nobody’s fault', async () => {
    const { run } = await bench();
    const { outcome, record, ran } = await run(plan, deeds(), { onFailure: 'kill' });
    expect(outcome).toBe('failed');
    expect(ran.toSorted()).toEqual(['bad', 'long']);
    expect(record.stages.map((stage) => stage.outcome)).toMatchObject([
      { state: 'failed', failure: problem },
      { state: 'failed', failure: stopped },
      { state: 'not_run', because: { failed: 'bad' } },
      { state: 'not_run', because: { stopped: 'bad' } },
    ]);
  });

  test('stop: what is cached is taken all the same', async () => {
    const { run } = await bench();
    await run(planOf(stageOf('long'), stageOf('last', ['long'])));
    const { events } = await run(plan, { bad: failing }, { onFailure: 'stop' });
    expect(story(events, 'last')).toEqual(['metrics', 'cached']);
  });

  test('stop: an attempt that waits to be made again is not made', async () => {
    const { run } = await bench();
    const crash: StageFailure = { reason: 'crashed', message: 'oh', lastLines: [] };
    const policy = { always: false, retries: 3, gpu: 0 };
    let retried = (): void => undefined;
    const pausing = new Promise<void>((resolve) => (retried = resolve));
    const { record, ran } = await run(
      planOf({ ...stageOf('flaky'), policy }, stageOf('bad')),
      { flaky: () => Promise.resolve(crash), bad: () => pausing.then(failing) },
      {
        onFailure: 'stop',
        delay: (_seconds, signal) => {
          retried();
          return once(signal, 'abort').then(() => Promise.reject(new DOMException('', 'AbortError')));
        },
      },
    );
    expect(ran.toSorted()).toEqual(['bad', 'flaky']);
    expect(record.stages[0]?.outcome).toEqual({ state: 'not_run', because: { stopped: 'bad' } });
    expect(record.stages[0]?.retried).toHaveLength(1);
  });

  test.each(['stop', 'kill'] as const)('%s: an interruption is no failure', async (onFailure) => {
    const { run } = await bench();
    const stop = new AbortController();
    const { outcome, record } = await run(
      planOf(stageOf('long'), stageOf('other', [], ['long']), stageOf('next', ['long'])),
      {
        long: ({ signal }) => {
          stop.abort();
          return Promise.resolve(stopOf(signal, []));
        },
      },
      { onFailure, signal: stop.signal, jobs: 1 },
    );
    expect(outcome).toBe('interrupted');
    expect(record.stages.map((stage) => stage.outcome)).toMatchObject([
      { state: 'failed', failure: { reason: 'interrupted' } },
      { state: 'not_run', because: 'interrupted' },
      { state: 'not_run', because: 'interrupted' },
    ]);
  });
});

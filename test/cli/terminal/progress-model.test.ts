import { describe, expect, it } from 'vitest';

import { rateOf } from '../../../src/cli/terminal/pace.js';
import { advance, nothingYet, stageOf, type RunProgress } from '../../../src/cli/terminal/progress-model.js';
import { required } from '../../../src/base/invariant.js';
import type { RunEvent } from '../../../src/execute/events.js';
import { id, ringEvents, startTime } from '../../report/support.js';

/** Feeds events to the model, progress reports 26 ms apart as in the fixture. */
function after(events: readonly RunEvent[]): RunProgress {
  let time = startTime;
  let progress = nothingYet;
  for (const event of events) {
    if (event.type === 'stage_reported' && event.event.type === 'progress') time += 26;
    progress = advance(progress, event, time);
  }
  return progress;
}

const states = (progress: RunProgress) => [...progress.stages.values()].map(({ state }) => state.name);

describe('the progress of a run', () => {
  it('knows the stages from the start', () => {
    expect(states(after(ringEvents().slice(0, 1)))).toEqual(Array(4).fill('waiting'));
  });

  it('measures the rate of a running stage and keeps its last values', () => {
    const progress = after(ringEvents({ unfinished: true }));
    const train = stageOf(progress, id('train'));
    expect(states(progress)).toEqual(['done', 'running', 'waiting', 'waiting']);
    expect(train.work).toMatchObject({ total: 1200, unit: 'generator steps', pace: { done: 600 } });
    expect(rateOf(required(train.work, 'work').pace)).toBeCloseTo(1000 / 26);
    expect(Object.keys(train.latest)).toEqual(['wasserstein_estimate', 'critic_loss', 'generator_loss']);
    expect(train.estimates.map(({ step }) => step)).toEqual(Array.from({ length: 25 }, (_, i) => 576 + i));
  });

  it('tells how stages ended', () => {
    expect(states(after(ringEvents({ cached: true })))).toEqual(['cached', 'done', 'done', 'done']);
    const failed = after(ringEvents({ failure: { reason: 'crashed', message: '', lastLines: [] } }));
    expect(states(failed)).toEqual(['done', 'failed', 'not_run', 'not_run']);
    expect(failed.outcome).toBe('failed');
    const { state } = stageOf(failed, id('train'));
    expect(state).toMatchObject({ seconds: (600 * 26) / 1000 });
  });

  it('forgets what a damaged artifact had reported', () => {
    const events = ringEvents();
    const upToTrained = events.slice(
      0,
      events.findIndex((event) => 'stage' in event && event.stage === id('quality')),
    );
    const time = startTime + 1e6;
    const damaged = after([
      ...upToTrained,
      { type: 'artifact_damaged', time, stage: id('train'), reason: 'x' },
    ]);
    expect(stageOf(damaged, id('train')).state).toEqual({ name: 'waiting' });
    const again = advance(damaged, { type: 'stage_started', time, stage: id('train') }, time);
    expect(stageOf(again, id('train'))).toMatchObject({ work: undefined, latest: {}, estimates: [] });
  });

  it('starts a new pace when the unit of the work changes', () => {
    const running = after(ringEvents({ unfinished: true }));
    const event = { type: 'progress', done: 700, total: 900, unit: 'samples' } as const;
    const report = { type: 'stage_reported', stage: id('train'), event } as const;
    const { work } = stageOf(advance(running, report, startTime + 1e6), id('train'));
    expect(rateOf(required(work, 'work').pace)).toBeUndefined();
  });
});

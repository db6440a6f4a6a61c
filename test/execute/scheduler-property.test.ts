import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { err, ok } from '../../src/base/result.js';
import { realDelay } from '../../src/execute/attempts.js';
import type { RunEvent, StageFailure } from '../../src/execute/events.js';
import { runPlan } from '../../src/execute/scheduler.js';
import type { StartWorker } from '../../src/execute/worker-pool.js';
import type { RunnablePlan, StageId } from '../../src/plan/types.js';
import { bench, problem } from './bench.js';
import { id, planOf, stageOf, startOf } from './support.js';

const failures: readonly (StageFailure | 'throws')[] = [
  problem,
  { reason: 'killed', signal: 'SIGKILL', lastLines: [] },
  { reason: 'crashed', message: 'oh', lastLines: ['last'] },
  'throws',
];

interface RandomStage {
  readonly reads: readonly number[];
  readonly after: readonly number[];
  readonly failure: StageFailure | 'throws' | undefined;
  readonly twin: boolean;
}

const randomStage: fc.Arbitrary<RandomStage> = fc.record({
  reads: fc.array(fc.nat(), { maxLength: 2 }),
  after: fc.array(fc.nat(), { maxLength: 2 }),
  failure: fc.option(fc.constantFrom(...failures), { nil: undefined, freq: 4 }),
  twin: fc.boolean(),
});

test('any plan, with any failures: order, limit, one end for each stage, and a consistent outcome', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(randomStage, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (shapes, jobs, force) => {
        const { cache, run } = await bench();
        // A stage refers to stages before it: remainders make any numbers do.
        const before = (numbers: readonly number[], index: number) =>
          index === 0 ? [] : [...new Set(numbers.map((number) => `s${number % index}`))];
        const plan = planOf(
          ...shapes.map(({ reads, after }, i) => stageOf(`s${i}`, before(reads, i), before(after, i))),
        );
        let running = 0;
        const events: RunEvent[] = [];
        const startWorker: StartWorker = async (job) => {
          expect(++running).toBeLessThanOrEqual(jobs);
          for (const input of Object.values(job.inputs as Record<string, { directory: string }>)) {
            expect(existsSync(join(input.directory, 'out'))).toBe(true);
          }
          await delay(Math.random() * 3);
          running -= 1;
          const { failure } = required(shapes[Number(job.stage.slice(1))], 'the shape');
          if (failure === 'throws') throw new Error('a bug of ours');
          if (failure !== undefined) return err(failure);
          await writeFile(join(job.output, 'out'), job.stage);
          return ok(undefined);
        };
        const outcome = await runPlan(plan, {
          start: startOf(plan),
          cache,
          startWorker,
          emit: (event) => events.push(event),
          now: Date.now,
          delay: realDelay,
          signal: new AbortController().signal,
          jobs,
          force,
          checkpoints: { seconds: 30 },
        });
        checkRun(plan, events, (stage) => shapes[Number(stage.slice(1))]?.failure !== undefined);
        expect(outcome).toBe(events.some((event) => event.type === 'stage_failed') ? 'failed' : 'succeeded');
        // What succeeded is found; the rest runs now that nothing fails any more.
        const again = await run(plan);
        expect(again.outcome).toBe('succeeded');
        const succeeded = new Set(
          events.flatMap((event) => (event.type === 'stage_succeeded' ? [event.stage] : [])),
        );
        expect(new Set(again.ran)).toEqual(
          new Set(plan.stages.map((stage) => stage.id).filter((stage) => !succeeded.has(stage))),
        );
      },
    ),
    { numRuns: 60 },
  );
});

/** What holds of every run's events. */
function checkRun(plan: RunnablePlan, events: readonly RunEvent[], fails: (stage: StageId) => boolean): void {
  expect(events[0]?.type).toBe('run_started');
  expect(events.at(-1)?.type).toBe('run_finished');
  const ended = new Map<StageId, RunEvent['type']>();
  for (const event of events.slice(1, -1)) {
    if (event.type === 'stage_started') {
      const stage = required(
        plan.stages.find((planned) => planned.id === event.stage),
        'the stage',
      );
      for (const awaited of [...stage.inputs.map((input) => input.stage), ...stage.after]) {
        expect(ended.get(awaited)).toBe('stage_succeeded');
      }
      expect(ended.has(event.stage)).toBe(false);
    } else if (event.type !== 'stage_reported' && 'stage' in event) {
      expect(ended.has(event.stage)).toBe(false);
      ended.set(event.stage, event.type);
    }
    if (event.type === 'stage_not_run') {
      const root = typeof event.because === 'object' ? event.because.failed : id('interrupted');
      expect(ended.get(root)).toBe('stage_failed');
    }
    if (event.type === 'stage_failed') expect(fails(event.stage)).toBe(true);
  }
  expect(ended.size).toBe(plan.stages.length);
}

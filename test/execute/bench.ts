import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { err, ok } from '../../src/base/result.js';
import { openStore } from '../../src/cache/store.js';
import { realDelay } from '../../src/execute/attempts.js';
import type { RunEvent, StageFailure } from '../../src/execute/events.js';
import { recordOf } from '../../src/execute/record.js';
import { runPlan, type RunOptions } from '../../src/execute/scheduler.js';
import type { StartWorker } from '../../src/execute/worker-pool.js';
import type { RunnablePlan } from '../../src/plan/types.js';
import { temporaryFolder } from '../files/support.js';
import { keyOf } from '../cache/support.js';
import { planOf, stageOf, startOf } from './support.js';

/** What the stages of a test do; unnamed ones succeed at once with a file that holds their name. */
export type Deeds = Readonly<
  Record<
    string,
    (watch: Parameters<StartWorker>[1], job: Parameters<StartWorker>[0]) => Promise<StageFailure | undefined>
  >
>;

export const problem: StageFailure = { reason: 'problem', message: 'no data', field: [], help: undefined };
export const failing = () => Promise.resolve(problem);

export async function bench() {
  const folder = join(await temporaryFolder(), 'store');
  const cache = await openStore(folder);
  const ran: string[] = [];
  const run = async (plan: RunnablePlan, deeds: Deeds = {}, options: Partial<RunOptions> = {}) => {
    const events: RunEvent[] = [];
    const startWorker: StartWorker = async (job, watch) => {
      ran.push(job.stage);
      watch.onEvent({ type: 'progress', done: 1, total: 1, unit: 'steps' });
      watch.onEvent({
        type: 'metrics',
        step: 1,
        timestamp: 7,
        values: { length: job.stage.length, nan: NaN },
      });
      const failure = await deeds[job.stage]?.(watch, job);
      if (failure !== undefined) return err(failure);
      const read = await Promise.all(
        Object.values(job.inputs as Record<string, { directory: string }>).map((input) =>
          readFile(join(input.directory, 'out'), 'utf8'),
        ),
      );
      await writeFile(join(job.output, 'out'), `${job.stage}(${read.join()})`);
      return ok(undefined);
    };
    const outcome = await runPlan(plan, {
      start: startOf(plan),
      cache,
      startWorker,
      emit: (event) => events.push(event),
      now: () => 1000,
      delay: realDelay,
      signal: new AbortController().signal,
      jobs: 2,
      force: false,
      checkpoints: { seconds: 30 },
      ...options,
    });
    return { outcome, events, record: recordOf(events), ran: ran.splice(0) };
  };
  const contentOf = async (name: string) => {
    const found = await cache.lookup(keyOf(name));
    return found.state === 'hit' ? readFile(join(found.artifact.directory, 'out'), 'utf8') : found.state;
  };
  return { folder, cache, run, contentOf };
}

/** The events of one stage, shortly. */
export function story(events: readonly RunEvent[], name: string): readonly string[] {
  return events.flatMap((event) => {
    if (!('stage' in event) || event.stage !== name) return [];
    if (event.type === 'stage_succeeded') return [event.cached ? 'cached' : 'succeeded'];
    return [event.type === 'stage_reported' ? event.event.type : event.type.replace('stage_', '')];
  });
}

/** A dataset, a training and its measurement, in which every stage reads the ones before. */
export const chain = planOf(
  stageOf('data'),
  stageOf('train', ['data']),
  stageOf('measure', ['train', 'data']),
);

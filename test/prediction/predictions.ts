import { mkdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import fc from 'fast-check';
import { expect } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { openStore } from '../../src/cache/store.js';
import type * as Assessing from '../../src/cli/assess-plan.js';
import type * as Planning from '../../src/cli/planning.js';
import { onUnchangedSources } from '../../src/cli/unchanged-sources.js';
import { realDelay } from '../../src/execute/attempts.js';
import { localCommands } from '../../src/execute/command-runner.js';
import type { RunEvent } from '../../src/execute/events.js';
import { runPlan } from '../../src/execute/scheduler.js';
import { startOf } from '../execute/support.js';
import {
  contentOf,
  edit,
  edited,
  fileNames,
  pipeline,
  textOf,
  type Edit,
  type PipelineModel,
} from './model.js';

// Compiled: the code of the stages has no digests before.
const built = async <Module>(file: string): Promise<Module> =>
  (await import(resolve(import.meta.dirname, '../../dist', file))) as Module;
const { assessPlan } = await built<typeof Assessing>('cli/assess-plan.js');
const { planPipeline, runnablePipeline } = await built<typeof Planning>('cli/planning.js');
type RunnablePipeline = Planning.RunnablePipeline;

interface How {
  readonly force: boolean;
  readonly jobs: number;
}

const how: fc.Arbitrary<How> = fc.record({
  force: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
  jobs: fc.integer({ min: 1, max: 3 }),
});

/** One project of a user: a pipeline file, two data files, a folder of outputs. */
class Trial {
  private readonly folder: string;
  /** Where the stages of the last run left their results. */
  private readonly artifacts = new Map<string, string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  async write(model: PipelineModel): Promise<void> {
    await writeFile(join(this.folder, 'random.yaml'), textOf(model));
    await Promise.all(
      fileNames.map((name, index) => writeFile(join(this.folder, name), model.files[index] ?? '')),
    );
  }

  /** Does to a result of the last run what a disk, or a user, may do. */
  async damage(at: number, kind: 'gone' | 'cut' | 'unseen'): Promise<void> {
    const directories = [...this.artifacts.values()];
    if (directories.length === 0) return;
    const directory = required(directories[at % directories.length], 'an artifact');
    const file = join(directory, 'text');
    const before = await stat(file).catch(() => undefined);
    if (!before) return;
    if (kind === 'gone') await rm(directory, { recursive: true });
    else if (kind === 'cut') await truncate(file, 1);
    else {
      await writeFile(file, 'x'.repeat(before.size));
      await utimes(file, before.atime, before.mtime);
    }
  }

  /** Asks what a run would do, runs, and compares. */
  async step(model: PipelineModel, { force, jobs }: How): Promise<void> {
    const planned = await this.plan();
    const runs = join(this.folder, 'runs');
    const { stages } = await assessPlan(planned, { runs, force });
    const predicted = new Set(stages.filter((stage) => stage.runs).map(({ stage }) => stage.id));
    const events = await this.run(planned, { force, jobs });

    const named = (type: RunEvent['type']) =>
      new Set(events.flatMap((event) => (event.type === type && 'stage' in event ? [event.stage] : [])));
    const [started, damaged, notRun] = [
      named('stage_started'),
      named('artifact_damaged'),
      named('stage_not_run'),
    ];
    const surprises = [...started].filter((id) => !predicted.has(id) && !damaged.has(id));
    expect(surprises, 'ran, although it was not to').toEqual([]);
    const omissions = [...predicted].filter((id) => !started.has(id) && !notRun.has(id));
    expect(omissions, 'did not run, although it was to').toEqual([]);
    await this.check(model, planned, events);
  }

  private async plan(): Promise<RunnablePipeline> {
    const surroundings = {
      directory: this.folder,
      environment: {},
      stdout: process.stdout,
      stderr: process.stderr,
      now: Date.now,
    };
    const options = { backend: 'cpu', runs: join(this.folder, 'runs'), overrides: [] } as const;
    const planned = await planPipeline('random.yaml', options, surroundings);
    const runnable = planned.ok ? runnablePipeline(planned.value, { commands: true }) : planned;
    if (!runnable.ok) throw new Error(JSON.stringify(runnable.error.map(({ message }) => message)));
    return runnable.value;
  }

  private async run({ planned, sources }: RunnablePipeline, options: How): Promise<readonly RunEvent[]> {
    const events: RunEvent[] = [];
    const cache = await openStore(join(this.folder, 'runs/store'));
    const environment = { PATH: process.env['PATH'] };
    const commands = localCommands({ environment, log: () => undefined, now: Date.now });
    await runPlan(planned.plan, {
      start: startOf(planned.plan),
      cache,
      startWorker: onUnchangedSources((job, watch) => {
        if (job.kind !== 'command') throw new Error(`a ${job.kind} stage among commands`);
        return commands.start(job, watch);
      }, sources),
      emit: (event) => events.push(event),
      now: Date.now,
      checkpoints: { seconds: 30 },
      delay: realDelay,
      signal: new AbortController().signal,
      ...options,
    });
    commands.close();
    return events;
  }

  /** Whatever was cached, each result is the one that its stage stands for now. */
  private async check(
    model: PipelineModel,
    { planned }: RunnablePipeline,
    events: readonly RunEvent[],
  ): Promise<void> {
    this.artifacts.clear();
    const started = new Set(events.flatMap((event) => (event.type === 'stage_started' ? [event.stage] : [])));
    for (const event of events) {
      if (event.type !== 'stage_succeeded') continue;
      this.artifacts.set(event.stage, event.artifact.directory);
      // What was only looked up may have been damaged unseen; what reads it would have seen it.
      if (!started.has(event.stage)) continue;
      const stage = required(
        planned.plan.stages.find(({ id }) => id === event.stage),
        event.stage,
      );
      const name = event.stage.split('@')[0];
      const index = model.stages.findIndex((each) => each.name === name);
      // An axis of one value makes no difference to a stage's name.
      const value = stage.axes?.['value'] ?? model.values[0];
      expect(await readFile(join(event.artifact.directory, 'text'), 'utf8')).toBe(
        contentOf(model, index, typeof value === 'number' ? value : undefined),
      );
    }
  }
}

/** What a plan says is what a run does, over this many random pipelines, each edited and run up to five times. */
export async function checkPredictions(root: string, count: number): Promise<void> {
  let projects = 0;
  await fc.assert(
    fc.asyncProperty(
      pipeline,
      how,
      fc.array(fc.tuple(fc.array(edit, { minLength: 1, maxLength: 2 }), how), {
        minLength: 1,
        maxLength: 4,
      }),
      async (first, firstly, rounds) => {
        const folder = join(root, `project${(projects += 1)}`);
        await mkdir(folder);
        const trial = new Trial(folder);
        let model = first;
        await trial.write(model);
        await trial.step(model, firstly);
        for (const [edits, next] of rounds) {
          model = await apply(trial, model, edits);
          await trial.step(model, next);
        }
        await rm(folder, { recursive: true });
      },
    ),
    { numRuns: count },
  );
}

async function apply(trial: Trial, model: PipelineModel, edits: readonly Edit[]): Promise<PipelineModel> {
  for (const change of edits) {
    if (change.type === 'damage') await trial.damage(change.at, change.how);
  }
  const changed = edits.reduce(edited, model);
  await trial.write(changed);
  return changed;
}

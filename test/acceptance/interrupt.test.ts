import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { RunEvent } from '../../src/execute/events.js';
import { historyOf, runIdsIn } from '../../src/tracking/history.js';
import { journalPath, readJournal } from '../../src/tracking/journal.js';
import { temporaryFolder } from '../files/support.js';
import { childrenOf, isRunning } from './processes.js';
import { latestRun, run, runPipeline, start, type Started, wassermill } from './support.js';

describe('a run that is stopped while it trains', { timeout: 180_000 }, () => {
  it('by Ctrl-C puts everything away, and the next run completes', async () => {
    const { place, runs, pipeline, started, workers } = await untilTraining();
    started.signal('SIGINT');
    const { code, output, seconds } = await within(12, started);
    expect(code, output).toBe(130);
    expect(seconds).toBeGreaterThan(0);
    expect(workers.filter(isRunning)).toEqual([]);
    expect(await readdir(join(runs, 'store/drafts'))).toEqual([]);

    const { directory, record } = await latestRun(runs);
    const events = await readJournal(journalPath(directory));
    expect(events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'interrupted' });
    expect(record.stages.map(({ stage, outcome }) => [stage.id, outcome.state])).toEqual([
      ['dataset:ring', 'succeeded'],
      ['train', 'failed'],
      ['picture', 'not_run'],
    ]);
    expect(await readFile(join(directory, 'report.html'), 'utf8')).toContain('<strong>Interrupted</strong>');

    await runPipeline(pipeline, runs, { cwd: place });
    const next = await latestRun(runs);
    expect(next.record.end?.outcome).toBe('succeeded');
    expect(next.cached).toEqual(['dataset:ring']);
  });

  it('by the death of its process leaves no worker, and its report can be written', async () => {
    const { place, runs, pipeline, started, workers } = await untilTraining();
    process.kill(started.pid, 'SIGKILL');
    expect((await started.ended).signal).toBe('SIGKILL');
    const [killed] = await runIdsIn(runs);
    await until(() => !workers.some(isRunning), 5);

    await runPipeline(pipeline, runs, { cwd: place });
    const next = await latestRun(runs);
    expect(next.id).not.toBe(killed);
    expect(next.record.end?.outcome).toBe('succeeded');
    expect(next.cached).toEqual(['dataset:ring']);
    expect(await readdir(join(runs, 'store/drafts'))).toEqual([]);

    const report = join(historyOf(runs), killed ?? '', 'report.html');
    const { stdout } = await run([...wassermill, 'report', killed ?? '', '--runs', runs], { cwd: place });
    expect(stdout).toBe(`runs/history/${killed}/report.html\n`);
    expect(await readFile(report, 'utf8')).toContain('<strong>Interrupted</strong>');
  });
});

interface TrainingRun {
  readonly place: string;
  readonly runs: string;
  readonly pipeline: string;
  readonly started: Started;
  readonly workers: readonly number[];
}

/** Starts a run, and comes back when its training has made some steps and has many to go. */
async function untilTraining(): Promise<TrainingRun> {
  const place = await temporaryFolder();
  const runs = join(place, 'runs');
  const pipeline = join(place, 'ring.yaml');
  await writeFile(pipeline, ring);
  const started = start([...wassermill, 'run', pipeline, '--runs', runs], { cwd: place });
  await until(async () => (await eventsIn(runs)).filter(isTrainingStep).length >= 20, 60);
  const workers = childrenOf(started.pid);
  expect(workers).toHaveLength(1);
  return { place, runs, pipeline, started, workers };
}

function isTrainingStep(event: RunEvent): boolean {
  return event.type === 'stage_reported' && event.stage === 'train' && event.event.type === 'metrics';
}

async function eventsIn(runs: string): Promise<readonly RunEvent[]> {
  const [id] = await runIdsIn(runs);
  if (id === undefined) return [];
  return readJournal(journalPath(join(historyOf(runs), id))).catch(() => []);
}

async function within(seconds: number, { ended }: Started) {
  const over = new AbortController();
  const late = wait(1000 * seconds, undefined, { signal: over.signal }).then(() => {
    throw new Error(`it did not end within ${seconds} seconds`);
  });
  try {
    return await Promise.race([ended, late]);
  } finally {
    over.abort();
  }
}

async function until(condition: () => boolean | Promise<boolean>, seconds: number): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (!(await condition())) {
    if (performance.now() > end)
      throw new Error(`what was waited for did not come within ${seconds} seconds`);
    await wait(50);
  }
}

/** Some ten seconds of training. */
const ring = `
version: 1
name: ring
datasets:
  ring: { type: gaussian_mixture, layout: ring, modes: 8, splits: { train: 1000 } }
architectures:
  generator: { type: mlp_generator, z_dim: 2, hidden: [8] }
  critic: { type: mlp_critic, hidden: [8] }
stages:
  train:
    type: train
    dataset: ring.train
    generator: generator
    critic: critic
    objective: wasserstein
    critic_iterations: 1
    clip: 0.1
    optimizer: { type: rmsprop, lr: 1e-3 }
    batch_size: 32
    budget: { generator_steps: 1500 }
  picture: { type: sample, model: train, count: 16 }
`;

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { openStore } from '../../src/cache/store.js';
import { runEventOf } from '../../src/execute/event-lines.js';
import type { RunEvent } from '../../src/execute/events.js';
import { recordOf } from '../../src/execute/record.js';
import type { RunnablePlan } from '../../src/plan/types.js';
import { compiledSources, runScript, seededRandom, temporaryFolder } from '../files/support.js';
import { keyOf } from '../cache/support.js';
import { planOf, stageOf, startOf, workersOf } from './support.js';

/* Whole runs, each in a process of its own with real workers, on one store. */

let dist: string;
let module: string;
beforeAll(async () => {
  dist = await compiledSources(['base', 'files', 'cache', 'plan', 'execute', 'resolve']);
  // Takes its time, tells of each step, and leaves a trace of having worked. The result follows from the inputs.
  const work = `
    const { fields, inputs, output, stage } = context;
    writeFileSync(fields.traces + '/' + stage + '.' + process.pid, '');
    for (let step = 0; step < 5 && !context.signal.aborted; step++) {
      context.emit({ type: 'metrics', step, timestamp: step, values: { step } });
      await new Promise((resolve) => setTimeout(resolve, fields.pause));
    }
    const read = Object.values(inputs).map((input) => readFileSync(input.directory + '/out', 'utf8'));
    writeFileSync(output + '/out', stage + '(' + read + ')');`;
  ({ module } = await workersOf(dist, work, {}, `import { readFileSync } from 'node:fs';`));
});
afterAll(() => rm(dist, { recursive: true, force: true }));

const runner = `
  import { readFileSync, writeSync } from 'node:fs';
  import { openStore } from './cache/store.js';
  import { realDelay } from './execute/attempts.js';
  import { toLine } from './execute/event-lines.js';
  import { runPlan } from './execute/scheduler.js';
  import { localWorkers } from './execute/worker-pool.js';
  const [store, plan, start, module] = process.argv.slice(1);
  const stop = new AbortController();
  process.on('SIGINT', () => stop.abort());
  const outcome = await runPlan(JSON.parse(readFileSync(plan, 'utf8')), {
    start: JSON.parse(start),
    cache: await openStore(store),
    startWorker: localWorkers({ module, environment: process.env, log: () => {} }),
    emit: (event) => writeSync(1, toLine(event) + '\\n'),
    now: Date.now,
    delay: realDelay,
    signal: stop.signal,
    jobs: 2,
    force: false,
    checkpoints: { seconds: 30 },
  });
  process.exitCode = outcome === 'succeeded' ? 0 : outcome === 'failed' ? 1 : 130;`;

async function newBench(pause: number) {
  const folder = await temporaryFolder();
  const traces = join(folder, 'traces');
  await mkdir(traces);
  const stage = (name: string, reads: readonly string[] = []) =>
    stageOf(name, reads, [], name, { traces, pause });
  const plan = planOf(
    stage('data'),
    stage('train-1', ['data']),
    stage('train-2', ['data']),
    stage('measure-1', ['train-1', 'data']),
    stage('measure-2', ['train-2', 'data']),
  );
  const store = join(folder, 'store');
  const argumentsOf = async (planned: RunnablePlan) => {
    const file = join(folder, `plan-${planned.stages.length}.json`);
    await writeFile(file, JSON.stringify(planned));
    return [store, file, JSON.stringify(startOf(planned)), module];
  };
  const expectComplete = async () => {
    const cache = await openStore(store);
    for (const { id } of plan.stages) {
      const found = await cache.lookup(keyOf(id));
      if (found.state !== 'hit') throw new Error(`${id} is a ${found.state}`);
      expect(await cache.verify(found.artifact)).toEqual(found);
      expect(await readFile(join(found.artifact.directory, 'out'), 'utf8')).toMatch(new RegExp(`^${id}\\(`));
    }
    expect(await readdir(join(store, 'drafts'))).toEqual([]);
  };
  return { folder, traces, plan, argumentsOf, expectComplete };
}

const eventsOf = (stdout: string): readonly RunEvent[] => stdout.trim().split('\n').map(runEventOf);

test('runs at the same time share the work: each stage is computed once, and all records are complete', async () => {
  const { plan, argumentsOf, expectComplete, traces } = await newBench(40);
  const args = await argumentsOf(plan);
  const fewer = await argumentsOf({ ...plan, stages: plan.stages.slice(0, 3) });
  const ends = await Promise.all([args, fewer, args, args].map((each) => runScript(dist, runner, each)));
  for (const { code, stdout, stderr } of ends) {
    expect(stderr).toBe('');
    expect(code).toBe(0);
    for (const { metrics, outcome } of recordOf(eventsOf(stdout)).stages) {
      expect(outcome.state).toBe('succeeded');
      expect(metrics.map((metric) => metric.step)).toEqual([0, 1, 2, 3, 4]);
    }
  }
  expect(ends.map((end) => end.stdout).join()).toMatch(
    /"type":"stage_waiting","time":\d+,"stage":"[\w-]+","owner":"process \d+"/,
  );
  expect(await readdir(traces)).toHaveLength(plan.stages.length);
  await expectComplete();
});

test('killed at random moments, a run is finished by those that follow', async () => {
  const { plan, argumentsOf, expectComplete } = await newBench(15);
  const args = await argumentsOf(plan);
  const random = seededRandom(7);
  for (let round = 0; round < 10; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', runner, '--', ...args], {
      cwd: dist,
    });
    child.stdout.resume();
    const exit = once(child, 'exit');
    await Promise.race([exit, delay(80 + 420 * random())]);
    child.kill('SIGKILL');
    await exit;
  }
  const { code, stdout } = await runScript(dist, runner, args);
  expect(code).toBe(0);
  for (const { metrics } of recordOf(eventsOf(stdout)).stages) expect(metrics).toHaveLength(5);
  await expectComplete();
});

test('Ctrl-C: workers stop, nothing half-made is left, and the next run goes on', async () => {
  const { plan, argumentsOf, expectComplete, traces, folder } = await newBench(300);
  const args = await argumentsOf(plan);
  const child = spawn(process.execPath, ['--input-type=module', '-e', runner, '--', ...args], { cwd: dist });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  while ((await readdir(traces)).length < 3) await delay(20);
  child.kill('SIGINT');
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(130);
  const record = recordOf(eventsOf(stdout));
  expect(record.end?.outcome).toBe('interrupted');
  expect(record.stages.map((stage) => stage.outcome.state)).toEqual([
    'succeeded',
    'failed',
    'failed',
    'not_run',
    'not_run',
  ]);
  expect(await readdir(join(folder, 'store', 'drafts'))).toEqual([]);
  expect((await runScript(dist, runner, args)).code).toBe(0);
  // The dataset was not made again.
  expect((await readdir(traces)).filter((name) => name.startsWith('data'))).toHaveLength(1);
  expect(existsSync(join(folder, 'store', 'locks'))).toBe(true);
  await expectComplete();
});

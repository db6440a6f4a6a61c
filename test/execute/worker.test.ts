import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { localWorkers } from '../../src/execute/worker-pool.js';
import { workerEnvironment } from '../../src/execute/worker-environment.js';
import { compiledSources, runScript, temporaryFolder } from '../files/support.js';
import { jobIn, workersOf, workOnce } from './support.js';

let dist: string;
beforeAll(async () => {
  dist = await compiledSources(['base', 'files', 'execute', 'resolve']);
});
afterAll(() => rm(dist, { recursive: true, force: true }));

async function outcomeOf(body: string) {
  const { startWorker, logged } = await workersOf(dist, body);
  return { ...(await workOnce(startWorker, jobIn(await temporaryFolder()))), logged };
}

async function fileAppears(path: string): Promise<string> {
  while (!existsSync(path) || readFileSync(path, 'utf8') === '') await delay(20);
  return readFile(path, 'utf8');
}

/** False for a process that is gone, or only waits for its parent to notice. */
function runs(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function ends(pid: number): Promise<void> {
  while (runs(pid)) await delay(20);
}

describe('a stage', () => {
  test('succeeds: its output is written and its events arrive, numbers and all', async () => {
    const output = await temporaryFolder();
    const { startWorker } = await workersOf(
      dist,
      `writeFileSync(context.output + '/job.json', JSON.stringify({ ...context, now: typeof context.now() }));
       context.emit({ type: 'progress', done: 1, total: 2, unit: 'steps' });
       context.emit({ type: 'metrics', step: 1, timestamp: 5, values: { a: NaN, b: -Infinity, c: 0.1 } });
       context.emit({ type: 'note', message: 'Größe ✓' });`,
    );
    const { events, result } = await workOnce(startWorker, {
      ...jobIn(output, { samples: 3 }),
      samples: 'disk',
    });
    expect(result).toEqual({ ok: true, value: undefined });
    expect(events).toEqual([
      { type: 'progress', done: 1, total: 2, unit: 'steps' },
      { type: 'metrics', step: 1, timestamp: 5, values: { a: NaN, b: -Infinity, c: 0.1 } },
      { type: 'note', message: 'Größe ✓' },
    ]);
    expect(JSON.parse(await readFile(join(output, 'job.json'), 'utf8'))).toEqual({
      stage: 'work',
      fields: { samples: 3 },
      samples: 'disk',
      inputs: {},
      output,
      backend: 'cpu',
      now: 'number',
      signal: {},
      checkpoints: expect.any(Object) as unknown,
    });
  });

  test('finds the user’s data at fault', async () => {
    const { result } = await outcomeOf(
      `throw new StageProblem('file is cut off', ['files', 1], 'Get it again.')`,
    );
    const error = {
      reason: 'problem',
      message: 'file is cut off',
      field: ['files', 1],
      help: 'Get it again.',
    };
    expect(result).toEqual({ ok: false, error });
  });

  test('throws: message and stack are kept', async () => {
    const { result } = await outcomeOf(`console.log('loading'); null.shape;`);
    expect(result).toMatchObject({
      ok: false,
      error: { reason: 'crashed', message: expect.stringMatching(/^TypeError: .*'shape'/) as unknown },
    });
    const lines = !result.ok && result.error.reason === 'crashed' ? result.error.lastLines : [];
    expect(lines[0]).toBe('loading');
    expect(lines.join('\n')).toMatch(/ {4}at .*worker-.*\.js/);
  });

  test.each([
    [
      'throws in a callback',
      `setTimeout(() => { throw new RangeError('too far'); }); await new Promise(() => {});`,
    ],
    [
      'rejects where nobody awaits',
      `Promise.reject(new RangeError('too far')); await new Promise(() => {});`,
    ],
  ])('%s', async (_what, body) => {
    const { result } = await outcomeOf(`setInterval(() => {}, 1000); ${body}`);
    expect(result).toMatchObject({ ok: false, error: { reason: 'crashed', message: 'RangeError: too far' } });
  });

  test('finds the disk full, which is no fault of the program', async () => {
    const { result } = await outcomeOf(`(await import('node:fs')).writeFileSync('/dev/full', 'weights');`);
    expect(result).toMatchObject({
      ok: false,
      error: { reason: 'system', message: /^ENOSPC/, help: /^free some space/ },
    });
  });

  test('exits by itself', async () => {
    const { result } = await outcomeOf(`console.error('giving up'); process.exit(3);`);
    const message = 'The worker ended with exit code 3 and without a result';
    expect(result).toEqual({ ok: false, error: { reason: 'crashed', message, lastLines: ['giving up'] } });
  });

  test('waits for what never comes', async () => {
    const { result } = await outcomeOf(`await new Promise(() => {});`);
    expect(result).toMatchObject({ ok: false, error: { reason: 'crashed', message: /13|without a result/ } });
  });

  test('is killed, as by the kernel when memory runs out; what it had said counts', async () => {
    const { events, result } = await outcomeOf(
      `context.emit({ type: 'note', message: 'so far' });
       console.log('allocating');
       process.kill(process.pid, 'SIGKILL');`,
    );
    expect(events).toEqual([{ type: 'note', message: 'so far' }]);
    expect(result).toEqual({
      ok: false,
      error: { reason: 'killed', signal: 'SIGKILL', lastLines: ['allocating'] },
    });
  });

  test('dies in native code', async () => {
    const { result } = await outcomeOf(`process.abort();`);
    expect(result).toMatchObject({ ok: false, error: { reason: 'killed', signal: 'SIGABRT' } });
  });

  test('has a module that cannot be loaded', async () => {
    const startWorker = localWorkers({
      module: '/nowhere/worker.js',
      environment: process.env,
      log: () => undefined,
    });
    const { result } = await workOnce(startWorker, jobIn(await temporaryFolder()));
    expect(result).toMatchObject({ ok: false, error: { reason: 'crashed', message: /exit code 1/ } });
    expect(JSON.stringify(result)).toContain('/nowhere/worker.js');
  });

  test('chatters: all of it is logged, the last 20 lines are kept, of standard error first of all', async () => {
    const { result, logged } = await outcomeOf(
      `for (let i = 0; i < 500; i++) (i % 2 ? console.log : console.error)('{"type":"done"} line ' + i);
       process.exit(1);`,
    );
    expect(logged).toHaveLength(500);
    const lines = !result.ok && result.error.reason === 'crashed' ? result.error.lastLines : [];
    expect(lines).toEqual(Array.from({ length: 20 }, (_, i) => `{"type":"done"} line ${460 + 2 * i}`));
  });

  test('reports 100,000 metrics without a pause: none is lost, their order is kept', async () => {
    const { events, result } = await outcomeOf(
      `for (let step = 0; step < 100_000; step++) {
         context.emit({ type: 'metrics', step, timestamp: 0, values: { estimate: step / 7 } });
       }`,
    );
    expect(result.ok).toBe(true);
    expect(events).toHaveLength(100_000);
    for (const [step, event] of events.entries()) {
      if (event.type !== 'metrics' || event.step !== step || event.values['estimate'] !== step / 7) {
        expect(event).toEqual({ type: 'metrics', step, timestamp: 0, values: { estimate: step / 7 } });
      }
    }
  });
});

test('a message is written whole into a pipe that is full and does not block', async () => {
  // Touching `process.stdout` makes the pipe non-blocking; it holds far less than the text.
  const script = `
    import { writeWhole } from './execute/write-whole.js';
    process.stdout.writable;
    writeWhole(1, 'ü'.repeat(3_000_000));`;
  const { stdout, stderr } = await runScript(dist, script);
  expect(stderr).toBe('');
  expect(Buffer.byteLength(stdout)).toBe(2 * 3_000_000);
});

describe('stopping', () => {
  const stoppedAfterStart = async (body: string, grace: number) => {
    const output = await temporaryFolder();
    const { startWorker } = await workersOf(
      dist,
      `writeFileSync(context.output + '/pid', String(process.pid)); ${body}`,
      {
        grace,
      },
    );
    const stop = new AbortController();
    const work = workOnce(startWorker, jobIn(output), stop.signal);
    const pid = Number(await fileAppears(join(output, 'pid')));
    const began = performance.now();
    stop.abort();
    const { result } = await work;
    return { result, output, pid, milliseconds: performance.now() - began };
  };
  const interrupted = { ok: false, error: { reason: 'interrupted' } };

  test('a stage that listens stops by itself; what it leaves half-way is no result', async () => {
    const { result, output, milliseconds } = await stoppedAfterStart(
      `while (!context.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
       writeFileSync(context.output + '/half', '');`,
      60_000,
    );
    expect(result).toEqual(interrupted);
    expect(existsSync(join(output, 'half'))).toBe(true);
    expect(milliseconds).toBeLessThan(10_000);
  });

  test('a stage that blocks its process is killed after the grace', async () => {
    const { result, pid, milliseconds } = await stoppedAfterStart(`for (;;);`, 300);
    expect(result).toEqual(interrupted);
    expect(milliseconds).toBeGreaterThanOrEqual(295);
    expect(runs(pid)).toBe(false);
  });

  test('what a stage started is killed with it', async () => {
    const { result, output } = await stoppedAfterStart(
      `const { spawn } = await import('node:child_process');
       const { pid } = spawn('sleep', ['600'], { stdio: 'inherit' });
       writeFileSync(context.output + '/child', String(pid));
       for (;;);`,
      1500,
    );
    expect(result).toEqual(interrupted);
    await ends(Number(await fileAppears(join(output, 'child'))));
  });

  test('a stage whose child outlives it is finished all the same', async () => {
    const output = await temporaryFolder();
    const { startWorker } = await workersOf(
      dist,
      `const { spawn } = await import('node:child_process');
       const { pid } = spawn('sleep', ['600'], { stdio: 'inherit' });
       writeFileSync(context.output + '/child', String(pid));`,
    );
    const { result } = await workOnce(startWorker, jobIn(output));
    expect(result.ok).toBe(true);
    await ends(Number(await fileAppears(join(output, 'child'))));
  });

  test('SIGINT, which a terminal sends to all, does not stop a stage', async () => {
    const { result } = await outcomeOf(
      `process.kill(process.pid, 'SIGINT'); await new Promise((resolve) => setTimeout(resolve, 100));`,
    );
    expect(result.ok).toBe(true);
  });

  test('nothing starts when the run is stopped already', async () => {
    const output = await temporaryFolder();
    const { startWorker } = await workersOf(dist, `writeFileSync(context.output + '/ran', '');`);
    expect((await workOnce(startWorker, jobIn(output), AbortSignal.abort())).result).toEqual(interrupted);
    expect(existsSync(join(output, 'ran'))).toBe(false);
  });

  test.each([
    ['computes without a pause', `for (;;);`],
    ['waits', `await new Promise((resolve) => setTimeout(resolve, 600_000));`],
  ])('a worker that %s ends when its parent is killed', async (_what, body) => {
    const output = await temporaryFolder();
    const { module } = await workersOf(
      dist,
      `writeFileSync(context.output + '/pid', String(process.pid)); ${body}`,
    );
    const parentScript = join(dist, 'parent.js');
    await writeFile(
      parentScript,
      `import { localWorkers } from './execute/worker-pool.js';
       const [module, job] = process.argv.slice(2);
       const start = localWorkers({ module, environment: process.env, log: () => {} });
       await start(JSON.parse(job), { onEvent: () => {}, signal: new AbortController().signal });`,
    );
    const parent = spawn(process.execPath, [parentScript, module, JSON.stringify(jobIn(output))]);
    const pid = Number(await fileAppears(join(output, 'pid')));
    expect(runs(pid)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await ends(pid);
  });
});

describe('the environment', () => {
  test('has what steers TensorFlow, and no secrets', async () => {
    const output = await temporaryFolder();
    const environment = {
      ...process.env,
      MLFLOW_TRACKING_URI: 'http://localhost',
      MLFLOW_TRACKING_PASSWORD: 'hunter2',
      AWS_SECRET_ACCESS_KEY: 'hunter2',
      TF_HUB_TOKEN: 'hunter2',
      TF_CPP_MIN_LOG_LEVEL: '1',
      CUDA_VISIBLE_DEVICES: '0',
      NODE_OPTIONS: '--no-deprecation',
    };
    const { startWorker } = await workersOf(
      dist,
      `writeFileSync(context.output + '/env', JSON.stringify(process.env));`,
      { environment },
    );
    await workOnce(startWorker, jobIn(output, { threads: 3 }));
    const text = required(await readFile(join(output, 'env'), 'utf8'), 'the environment');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('MLFLOW');
    expect(JSON.parse(text)).toMatchObject({
      PATH: process.env['PATH'],
      TF_CPP_MIN_LOG_LEVEL: '1',
      CUDA_VISIBLE_DEVICES: '0',
      TF_NUM_INTRAOP_THREADS: '3',
    });
  });

  test('threads come from the stage alone, because they are part of the result’s identity', () => {
    const user = { TF_NUM_INTRAOP_THREADS: '64', LC_ALL: 'C', EDITOR: 'vi' };
    expect(workerEnvironment(user, 2)).toEqual({ TF_NUM_INTRAOP_THREADS: '2', LC_ALL: 'C' });
    expect(workerEnvironment(user, undefined)).toEqual({ LC_ALL: 'C' });
  });
});

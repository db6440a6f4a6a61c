import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import type { StageEvent } from '../../src/execute/contract.js';
import { localCommands, type CommandOptions } from '../../src/execute/command-runner.js';
import { OutOfTime } from '../../src/execute/stop.js';
import type { StageJob } from '../../src/execute/worker-protocol.js';
import { compiledSources, temporaryFolder } from '../files/support.js';
import { id } from './support.js';

type Fields = StageJob<'command'>['fields'];

async function jobOf(fields: Partial<Fields>, inputs: StageJob<'command'>['inputs'] = {}) {
  const folder = await temporaryFolder();
  const output = join(folder, 'out');
  await mkdir(output);
  const job: StageJob<'command'> = {
    stage: id('plot'),
    kind: 'command',
    fields: { run: ['true'], directory: folder, deps: [], outs: [], metrics: [], seed: 0, ...fields },
    inputs,
    output,
    backend: 'cpu',
    checkpoint: { folder: join(folder, 'checkpoint'), interval: { seconds: 30 } },
  };
  return { folder, output, job };
}

interface Running {
  readonly signal?: AbortSignal;
  readonly inputs?: StageJob<'command'>['inputs'];
  readonly options?: Partial<CommandOptions>;
}

async function runCommand(fields: Partial<Fields>, { signal, inputs, options }: Running = {}) {
  const { job, ...place } = await jobOf(fields, inputs);
  const logged: string[] = [];
  const commands = localCommands({
    environment: process.env,
    log: (stage, line) => logged.push(`${stage}: ${line}`),
    now: () => 7,
    ...options,
  });
  onTestFinished(commands.close);
  const events: StageEvent[] = [];
  const result = await commands.start(job, {
    onEvent: (event) => events.push(event),
    signal: signal ?? new AbortController().signal,
  });
  return { result, events, logged, ...place };
}

const shell = (line: string) => ['/bin/sh', '-c', line];
const done = { ok: true, value: undefined };
const problemAt = (field: readonly (string | number)[], message: RegExp) => ({
  ok: false,
  error: { reason: 'problem', field, message: expect.stringMatching(message) as unknown },
});

async function fileAppears(path: string): Promise<string> {
  while (!existsSync(path) || readFileSync(path, 'utf8') === '') await delay(10);
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
  while (runs(pid)) await delay(10);
}

describe('a command', () => {
  test('gets its arguments as they are, stands in its folder, and knows its stage', async () => {
    const script =
      'pwd; printf "%s|" "$@"; echo; echo $WASSERMILL_SEED $WASSERMILL_IN_TEST_SET; echo made > $WASSERMILL_OUT/a';
    const { result, logged, output, folder } = await runCommand(
      { run: ['sh', '-c', script, 'sh', 'a b', '$HOME', '*'], outs: ['a'], seed: 3 },
      { inputs: { 'test-set': { stage: id('data'), directory: '/store/data' } } },
    );
    expect(result).toEqual(done);
    expect(logged).toEqual([`plot: ${folder}`, 'plot: a b|$HOME|*|', 'plot: 3 /store/data']);
    expect(await readFile(join(output, 'a'), 'utf8')).toBe('made\n');
  });

  test('gives numbers, also those that JSON has no word for', async () => {
    const numbers = '{"a": 0.5, "b": NaN, "c": "-Infinity", "note": "NaN \\"is\\" kept", "other": 1}';
    const { result, events } = await runCommand({
      run: ['sh', '-c', 'printf %s "$1" > $WASSERMILL_OUT/metrics.json', 'sh', numbers],
      metrics: ['a', 'b', 'c'],
    });
    expect(result).toEqual(done);
    expect(events).toEqual([
      { type: 'metrics', step: 0, timestamp: 7, values: { a: 0.5, b: NaN, c: -Infinity } },
    ]);
  });

  test.each([
    ['no file', 'true', /without metrics\.json/, ['metrics']],
    ['no JSON', 'echo "a: 1" > $WASSERMILL_OUT/metrics.json', /not a JSON object/, ['metrics']],
    ['a list', 'echo "[1]" > $WASSERMILL_OUT/metrics.json', /holds something else/, ['metrics']],
    ['no such name', `echo '{"a": 1}' > $WASSERMILL_OUT/metrics.json`, /does not have `b`/, ['metrics', 1]],
    ['text', `echo '{"a":1,"b":"2"}' > $WASSERMILL_OUT/metrics.json`, /no number for `b`/, ['metrics', 1]],
  ])('is at fault for its numbers: %s', async (_what, line, message, field) => {
    const { result, events } = await runCommand({ run: shell(line), metrics: ['a', 'b'] });
    expect(result).toMatchObject(problemAt(field, message));
    expect(events).toEqual([]);
  });

  test.each([
    ['is missing', 'true', /ended without `b\/c`/, ['outs', 1]],
    ['is a link', 'mkdir $WASSERMILL_OUT/b; ln -s /etc/passwd $WASSERMILL_OUT/b/c', /is a link/, ['outs', 1]],
    ['lies behind a link', 'ln -s /etc $WASSERMILL_OUT/b', /`b` .* is a link/, []],
    ['is a pipe', 'mkfifo $WASSERMILL_OUT/x', /`x` .* neither a file nor a folder/, []],
    ['is the store’s', 'touch $WASSERMILL_OUT/artifact.json', /a file of the store/, []],
  ])('is at fault for its files: one %s', async (_what, line, message, field) => {
    const { result } = await runCommand({
      run: shell(`touch $WASSERMILL_OUT/a; ${line}`),
      outs: ['a', 'b/c'],
    });
    expect(result).toMatchObject(problemAt(field, message));
  });

  test('fails with its exit code and what it wrote last', async () => {
    const { result, logged } = await runCommand({ run: shell('seq 30; echo broken >&2; exit 3') });
    expect(logged).toHaveLength(31);
    const lastLines = [...Array.from({ length: 19 }, (_, i) => String(12 + i)), 'broken'];
    expect(result).toEqual({ ok: false, error: { reason: 'command_failed', exit: { code: 3 }, lastLines } });
  });

  test('is killed', async () => {
    const { result } = await runCommand({ run: shell('kill -KILL $$') });
    expect(result).toMatchObject({ error: { reason: 'command_failed', exit: { signal: 'SIGKILL' } } });
  });

  test('cannot be started', async () => {
    expect((await runCommand({ run: ['no-such-program'] })).result).toMatchObject(
      problemAt(['run', 0], /no program `no-such-program`/),
    );
    expect((await runCommand({ run: ['./here'] })).result).toMatchObject(problemAt(['run', 0], /no program/));
    expect((await runCommand({ run: ['/etc/passwd'] })).result).toMatchObject(
      problemAt(['run', 0], /may not be executed/),
    );
    expect((await runCommand({ run: ['true', 'a\0b'] })).result).toMatchObject(
      problemAt(['run'], /cannot be started/),
    );
    expect((await runCommand({ run: ['true'], directory: '/no/such' })).result).toMatchObject(
      problemAt(['directory'], /no folder \/no\/such/),
    );
  });

  test('that is a relative path is looked for in its folder', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'here'), '#!/bin/sh\necho found');
    chmodSync(join(folder, 'here'), 0o755);
    expect((await runCommand({ run: ['./here'], directory: folder })).logged).toEqual(['plot: found']);
  });

  test('writes a line without an end: it is logged in pieces', async () => {
    const { logged } = await runCommand({
      run: shell('head -c 200000 /dev/zero | tr "\\0" x; printf "\\rlast"'),
    });
    expect(logged.map((line) => line.length - 'plot: '.length)).toEqual([65_536, 65_536, 65_536, 3392, 4]);
  });

  test('sees the user’s environment without secrets, and not that of a run around this one', async () => {
    const { logged } = await runCommand(
      { run: ['env'] },
      {
        options: {
          environment: {
            PATH: process.env['PATH'],
            VIRTUAL_ENV: '/venv',
            PYTHONPATH: 'lib',
            MLFLOW_TRACKING_PASSWORD: 'hidden',
            AWS_ACCESS_KEY_ID: 'hidden',
            GITHUB_TOKEN: 'hidden',
            MLFLOW_TRACKING_URI: 'https://hidden.example.org',
            MLFLOW_TRACKING_USERNAME: 'hidden',
            MLFLOW_TRACKING_INSECURE_TLS: 'hidden',
            INDEX_URL: 'https://me:hidden@example.org',
            HTTPS_PROXY: 'http://proxy:8080',
            WASSERMILL_IN_OLD: '/old',
            WASSERMILL_OUT: '/old',
          },
        },
      },
    );
    const names = logged.map((line) => line.slice('plot: '.length).split('=')[0] ?? '').sort();
    expect(names.filter((name) => !['PWD', 'SHLVL', '_'].includes(name))).toEqual([
      'HTTPS_PROXY',
      'PATH',
      'PYTHONPATH',
      'VIRTUAL_ENV',
      'WASSERMILL_OUT',
      'WASSERMILL_RUN_MARK',
      'WASSERMILL_SEED',
    ]);
    expect(logged.join()).not.toMatch(/hidden|\/old/);
  });

  test('leaves nothing of its group when it has ended', async () => {
    const { result, output } = await runCommand({ run: shell('sleep 600 & echo $! > $WASSERMILL_OUT/pid') });
    expect(result).toEqual(done);
    await ends(Number(await readFile(join(output, 'pid'), 'utf8')));
  });
});

describe('stopping', () => {
  async function stopped(line: string, reason: unknown, grace = 60_000) {
    const stop = new AbortController();
    const folder = await temporaryFolder();
    const running = runCommand(
      { run: shell(line), directory: folder },
      { signal: stop.signal, options: { grace } },
    );
    const pid = Number(await fileAppears(join(folder, 'pid')));
    stop.abort(reason);
    const { result } = await running;
    await ends(pid);
    return { result, folder };
  }

  test('asks first: the program may put its work away', async () => {
    const { result, folder } = await stopped(
      `trap 'echo tidied > tidy; exit 0' TERM; sleep 600 & echo $! > pid; wait`,
      undefined,
    );
    expect(result).toEqual({ ok: false, error: { reason: 'interrupted' } });
    expect(await readFile(join(folder, 'tidy'), 'utf8')).toBe('tidied\n');
  });

  test('kills what does not listen, and says that the time was over', async () => {
    const { result } = await stopped(
      `trap '' TERM; echo busy; echo $$ > pid; while true; do sleep 0.05; done`,
      new OutOfTime(5),
      100,
    );
    expect(result).toEqual({
      ok: false,
      error: { reason: 'timed_out', seconds: 5, lastLines: ['busy'] },
    });
  });

  test('a command is not even started', async () => {
    const { result, output } = await runCommand(
      { run: shell('touch $WASSERMILL_OUT/ran') },
      { signal: AbortSignal.abort() },
    );
    expect(result).toEqual({ ok: false, error: { reason: 'interrupted' } });
    expect(existsSync(join(output, 'ran'))).toBe(false);
  });
});

describe('the death of the runner', () => {
  let dist: string;
  beforeAll(async () => {
    dist = await compiledSources([
      'base',
      'files',
      'execute',
      'spec',
      'diagnostics',
      'cache',
      'plan',
      'resolve',
    ]);
  });
  afterAll(() => rm(dist, { recursive: true, force: true }));

  test.each([
    ['of its group', 'sleep 600 & echo $! > pid; wait'],
    ['that left its group', 'setsid sh -c "echo \\$\\$ > pid; exec sleep 600" & sleep 600'],
    ['that left its environment', 'exec env -i sh -c "echo \\$\\$ > pid; exec sleep 600"'],
  ])('by kill -9 ends a command, also a process %s', async (_what, line) => {
    const { job, folder } = await jobOf({ run: shell(line) });
    const script = `
      import { writeFileSync } from 'node:fs';
      import { CommandWatcher } from './execute/command-watcher.js';
      import { localCommands } from './execute/command-runner.js';
      const { add } = CommandWatcher.prototype;
      CommandWatcher.prototype.add = function (group) {
        add.call(this, group);
        writeFileSync(${JSON.stringify(join(folder, 'told'))}, 'told');
      };
      const commands = localCommands({ environment: process.env, log: () => undefined, now: Date.now });
      await commands.start(${JSON.stringify(job)}, { onEvent: () => undefined, signal: new AbortController().signal });`;
    const runner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: dist,
      stdio: 'inherit',
    });
    const pid = Number(await fileAppears(join(folder, 'pid')));
    // On a busy machine a command may be quicker than the word of it; the next test is of that.
    await fileAppears(join(folder, 'told'));
    expect(runs(pid)).toBe(true);
    runner.kill('SIGKILL');
    await ends(pid);
  });

  test('at once after the start ends a command of which the watcher was not told', async () => {
    const { job, folder } = await jobOf({ run: shell('sleep 0.2; echo $$ > pid; exec sleep 600') });
    // Dies as soon as the process exists, before anything can be written to the watcher.
    const script = `
      import { CommandWatcher } from './execute/command-watcher.js';
      import { localCommands } from './execute/command-runner.js';
      CommandWatcher.prototype.add = () => process.kill(process.pid, 'SIGKILL');
      const commands = localCommands({ environment: process.env, log: () => undefined, now: Date.now });
      await commands.start(${JSON.stringify(job)}, { onEvent: () => undefined, signal: new AbortController().signal });`;
    const runner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: dist,
      stdio: 'inherit',
    });
    await new Promise((resolve) => runner.once('exit', resolve));
    await delay(600);
    expect(existsSync(join(folder, 'pid'))).toBe(false);
  });
});

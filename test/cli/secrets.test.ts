import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, onTestFinished, test } from 'vitest';

import { fakeMlflow, type FakeMlflow } from '../tracking/fake-mlflow.js';
import { faults } from '../tracking/faults.js';
import { newProject, tinyPipeline } from './support.js';

/** A program that says what it sees, for what it prints goes into the run's log. */
const pipeline = `version: 1
name: watched
datasets: {}
architectures: {}
stages:
  before: {type: command, run: 'echo > $WASSERMILL_OUT/text'}
  look:
    type: command
    inputs: {text: before}
    run: 'env; for process in $PPID $(cat /proc/$PPID/task/*/children); do tr "\\0" " " < /proc/$process/cmdline; echo; done'
`;

const secrets = {
  inAddress: 'address-s3cret',
  password: 'pass-s3cret',
  token: 'token-s3cret',
  user: 'ada-s3cret',
};

const token = { MLFLOW_TRACKING_TOKEN: secrets.token };
const account = {
  ...token,
  MLFLOW_TRACKING_USERNAME: secrets.user,
  MLFLOW_TRACKING_PASSWORD: secrets.password,
};

/** All that a run left and said. */
async function tracesOf(environment: Readonly<Record<string, string>>) {
  const project = await newProject({ 'watched.yaml': pipeline });
  onTestFinished(() => project.remove());
  const run = ['run', 'watched.yaml', '--backend', 'cpu', '--log-level', 'debug'];
  const outcomes = [];
  for (const command of [run, ['sync'], ['status'], ['show'], [...run, '-f', '--json']])
    outcomes.push(await project.wassermill(command, { environment }));
  const texts = await filesIn(project.folder);
  const said = outcomes.map(({ stdout, stderr }, index) => [`output ${index}`, stdout + stderr] as const);
  return { outcomes, files: texts.map(([file]) => file), traces: [...texts, ...said] };
}

async function filesIn(folder: string): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const));
}

/** Process number, command line and environment. */
type SeenProcess = readonly [string, string, string];

/** What can be seen now of the processes that work in a folder, but for Wassermill's own, which has to know. */
async function processesIn(folder: string): Promise<readonly SeenProcess[]> {
  const seen = (await readdir('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .map(async (pid): Promise<readonly SeenProcess[]> => {
      try {
        if ((await readlink(`/proc/${pid}/cwd`)) !== folder) return [];
        const commandLine = await readFile(`/proc/${pid}/cmdline`, 'latin1');
        // Between its fork and its exec a process is a copy of the one that started it. So the command line is read first.
        if (commandLine.includes('main.js')) return [];
        return [[pid, commandLine, await readFile(`/proc/${pid}/environ`, 'latin1')]];
      } catch {
        // It has ended, or is another user's.
        return [];
      }
    });
  return (await Promise.all(seen)).flat();
}

function expectNoSecrets(traces: readonly (readonly [string, string])[]): void {
  const basic = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString('base64');
  const forms = [/s3cret/, new RegExp(basic(secrets.user, secrets.password)), /(Basic|Bearer) [\w+/=-]{6}/];
  const leaks = traces.flatMap(([name, text]) =>
    forms.filter((form) => form.test(text)).map((form) => [name, form]),
  );
  expect(leaks).toEqual([]);
}

const takes = ({ url }: FakeMlflow) => url;
const refuses = (server: FakeMlflow) => {
  server.beInTrouble(() => faults['401']);
  return server.url;
};
const isAbsent = () => 'http://127.0.0.1:9';

describe('the secrets of a server', () => {
  test.each<[string, Readonly<Record<string, string>>, (server: FakeMlflow) => string, boolean]>([
    ['that takes them', account, takes, true],
    ['that takes the token', token, takes, true],
    ['that does not take them', account, refuses, false],
    ['that is not there', account, isAbsent, false],
  ])('are in no file, output, command line or environment: one %s', async (_name, known, urlOf, isTaken) => {
    const url = urlOf(await fakeMlflow());
    // What stands in the address goes before all else.
    const address = known === token ? url : url.replace('//', `//bob:${secrets.inAddress}@`);
    const { outcomes, files, traces } = await tracesOf({
      ...known,
      MLFLOW_TRACKING_URI: address,
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
    });
    expectNoSecrets(traces);
    expect(outcomes[0]?.code).toBe(0);
    expect(outcomes[0]?.stdout.includes('warning: the run is not on the MLflow server')).toBe(!isTaken);
    expect(outcomes[1]?.code).toBe(isTaken ? 0 : 1);

    // The program saw the processes of the run, and itself, but none of MLflow's variables.
    const logs = traces.filter(([file]) => file.endsWith('log.jsonl')).map(([, text]) => text);
    const seen = logs
      .flatMap((log) => log.split('\n').filter((line) => line.includes('"stage":"look"')))
      .join('\n');
    expect(seen).toContain('WASSERMILL_IN_TEXT=');
    expect(seen).toContain('main.js run watched.yaml');
    expect(seen).not.toContain('MLFLOW_');
    for (const kept of [
      'journal.jsonl',
      'report.html',
      'plan.json',
      'resolved.yaml',
      ...(isTaken ? ['synced.json'] : []),
    ])
      expect(
        files.some((file) => file.endsWith(kept)),
        kept,
      ).toBe(true);
  });

  test('are unknown to the workers of a training', async () => {
    const project = await newProject({ 'tiny.yaml': tinyPipeline });
    onTestFinished(() => project.remove());
    const server = await fakeMlflow();
    const end = new AbortController();
    const run = project
      .wassermill(['run', 'tiny.yaml', '--backend', 'cpu', '--log-level', 'debug'], {
        environment: {
          ...account,
          MLFLOW_TRACKING_URI: server.url.replace('//', `//bob:${secrets.inAddress}@`),
          MLFLOW_EXPERIMENT_NAME: 'tiny',
          // One that a worker is given.
          TF_CPP_MIN_LOG_LEVEL: '1',
        },
      })
      .finally(() => {
        end.abort();
      });
    const workers = new Map<string, string>();
    const seen: (readonly [string, string])[] = [];
    while (!end.signal.aborted) {
      for (const [pid, commandLine, environment] of await processesIn(project.folder)) {
        seen.push([`command line of ${pid}`, commandLine], [`environment of ${pid}`, environment]);
        // A process that is about to end has none any more.
        if (commandLine.endsWith('worker.js\0') && environment !== '') workers.set(pid, environment);
      }
      await wait(10);
    }
    const { code, stdout, stderr } = await run;
    expect(code).toBe(0);
    expectNoSecrets([...seen, ...(await filesIn(project.folder)), ['output', stdout + stderr]]);

    // Dataset, training and evaluation, of which a busy machine may show the last look of one too late.
    expect(workers.size).toBeGreaterThan(0);
    for (const environment of workers.values()) {
      expect(environment).toContain('TF_CPP_MIN_LOG_LEVEL=1');
      expect(environment).not.toContain('MLFLOW_');
    }
  });
});

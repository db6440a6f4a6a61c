import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import { updateBundle } from '../../../src/tracking/bundle/bundle.js';
import { ApiError, InvalidArgument, Mlflow, type Run } from '../../../src/tracking/mlflow/index.js';
import { syncRuns } from '../../../src/tracking/replay/sync.js';
import { sampleRun, temporaryFolder } from '../../tracking/support.js';
import {
  type Dump,
  hasMlflow,
  hasOldMlflow,
  type MlflowServer,
  oldPython,
  readBack,
  runScript,
  startServer,
} from './server.js';
import { type Trap, traps } from './trap.js';
import { logTwin, twinRun } from './twin.js';

const experiment = 'eight-gaussians';
const limit = { timeout: 240_000 };

describe.skipIf(!hasMlflow)(
  'our client beside the official one (needs scripts/python-env.mjs)',
  limit,
  () => {
    let folder: string;
    let server: MlflowServer;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'wassermill-test-'));
      server = await startServer(folder);
    }, 120_000);
    afterAll(async () => {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    });

    it('logs the same run as that does', async () => {
      await Promise.all([
        runScript('twin.py', [server.url, 'by Python', JSON.stringify(twinRun)]),
        logTwin(server.url, 'by TypeScript', twinRun),
      ]);
      const [theirs, ours] = await Promise.all([
        readBack(server.url, 'by Python'),
        readBack(server.url, 'by TypeScript'),
      ]);
      expect(normalised(ours)).toEqual(normalised(theirs));
      const run = required(ours.runs[0], 'the run');
      expect(run.histories['train/loss']).toHaveLength(1001);
      expect(run.histories['hard values']?.map(([, , bits]) => bits).slice(0, 3)).toEqual([
        'nan',
        '7fefffffffffffff',
        'ffefffffffffffff',
      ]);
      expect(Object.keys(run.params)).toHaveLength(101);
      expect(Object.keys(run.files)).toHaveLength(4);
    });

    it('refuses what the server would swallow, cut or refuse', async () => {
      const mlflow = new Mlflow(server.url, { environment: {} });
      const id = await mlflow.createExperiment('traps');
      const newRun = async () => (await mlflow.createRun(id)).info.run_id;
      for (const [name, trap] of Object.entries(traps)) {
        const run = await newRun();
        await expect(trap.call(mlflow, run), name).rejects.toThrow(InvalidArgument);
        expect(recordsOf(await mlflow.getRun(run)), name).toEqual([]);
        expect(await said(server.url, trap, run), name).toBe(trap.server);
      }

      const send = (path: string, body: string) => sendRaw(server.url, path, body);
      const made = await send(
        'create',
        `{"experiment_id": "${id}", "start_time": 1.5, "run_name": "kept", "tags": [{"key": "kept", "value": ""}]}`,
      );
      expect([made.status, made.text.includes('kept')]).toEqual([200, false]);
      await expect(mlflow.createRun(id, 'kept', 1.5)).rejects.toThrow(InvalidArgument);

      // Numbers that JSON has not go as words, and not as JavaScript or Python would write them.
      const run = await newRun();
      const bare =
        '{"key": "a", "value": NaN, "timestamp": 1, "step": 1}, {"key": "kept", "value": 1, "timestamp": 1, "step": 1}';
      expect((await send('log-batch', `{"run_id": "${run}", "metrics": [${bare}]}`)).status).toBe(200);
      expect(recordsOf(await mlflow.getRun(run))).toEqual(['a']);
    });

    it('puts artifacts where they are wanted, or nowhere', async () => {
      const mlflow = new Mlflow(server.url, { environment: {} });
      const { info } = await mlflow.createRun(await mlflow.createExperiment('artifacts'));
      const names = ['plain.txt', 'a b/ü ~+&?=;@$,!*()[]{}^`|.txt', 'it\'s "quoted"/<x>.txt', '日本/😀.txt'];
      for (const name of names) await mlflow.uploadArtifact(info.artifact_uri, name, { bytes: name });
      const listed = async (path?: string): Promise<string[]> => {
        const { files = [] } = await mlflow.listArtifacts(info.run_id, path);
        const below: string[] = [];
        for (const file of files) below.push(...(file.is_dir ? await listed(file.path) : [file.path]));
        return below;
      };
      expect((await listed()).sort()).toEqual([...names].sort());
      for (const name of [
        'a#b',
        '../up',
        'a/../../up',
        '/root',
        'a//b',
        'a/',
        'a\\b',
        'a%2e',
        'a\nb',
        '.',
        '',
      ]) {
        const upload = mlflow.uploadArtifact(info.artifact_uri, name, { bytes: 'x' });
        await expect(upload, name).rejects.toThrow(InvalidArgument);
      }
      // What the server does with the first by itself.
      const raw = `${server.url}/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/a%23b`;
      expect((await fetch(raw, { method: 'PUT', body: 'x' })).status).toBe(400);
      expect((await listed()).length).toBe(names.length);
    });

    describe.skipIf(!hasOldMlflow)(
      'and that of MLflow 2.22 (needs scripts/requirements-mlflow-2.txt)',
      () => {
        it('reads what this server and its own make of a run just so', async () => {
          const runs = await temporaryFolder();
          await sampleRun(runs);
          expect((await syncRuns(runs, server.url, { environment: {} })).problems).toEqual([]);
          expect((await updateBundle(runs)).problems).toEqual([]);
          const old = { python: oldPython };
          // What `mlflow server` does by itself since 3.0.
          const args = [
            '--backend-store-uri',
            'sqlite:///mlflow.db',
            '--artifacts-destination',
            'mlartifacts',
          ];
          const oldServer = await startServer(join(runs, 'mlflow'), undefined, { ...old, args });
          onTestFinished(() => oldServer.kill());
          const [now, byOld, ofOld] = await Promise.all([
            readBack(server.url, experiment),
            readBack(server.url, experiment, old),
            readBack(oldServer.url, experiment, old),
          ]);
          expect(now.runs).toHaveLength(1);
          expect(ofOld).toEqual(now);
          // Of models that are no files of the run an old client sees nothing.
          expect(byOld).toEqual({ ...now, runs: now.runs.map((run) => ({ ...run, models: {} })) });
        });
      },
    );
  },
);

describe.skipIf(!hasMlflow)('a server with accounts (needs scripts/python-env.mjs)', limit, () => {
  it('takes a run from whom it knows, and tells others what to do', async () => {
    const folder = await temporaryFolder();
    const admin = { MLFLOW_TRACKING_USERNAME: 'admin', MLFLOW_TRACKING_PASSWORD: 'a long passw0rd' };
    const server = await startServer(folder, undefined, {
      args: ['--app-name', 'basic-auth'],
      environment: {
        MLFLOW_FLASK_SERVER_SECRET_KEY: 'any',
        MLFLOW_AUTH_ADMIN_PASSWORD: admin.MLFLOW_TRACKING_PASSWORD,
      },
    });
    onTestFinished(() => server.kill());
    const runs = await temporaryFolder();
    // One with few files: the server takes a quarter of a second to compare the password of each request.
    await sampleRun(runs, { train: 'failed' });
    const problemsOf = async (uri: string, environment: Readonly<Record<string, string>>) =>
      (await syncRuns(runs, uri, { environment })).problems;

    const wrong = { ...admin, MLFLOW_TRACKING_PASSWORD: 'wrong' };
    for (const environment of [{}, wrong, { MLFLOW_TRACKING_TOKEN: 'none of its own' }]) {
      expect(await problemsOf(server.url, environment)).toEqual([
        expect.stringMatching(/HTTP 401\).*: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or/),
      ]);
    }
    expect(await problemsOf(server.url, admin)).toEqual([]);
    const read = await readBack(server.url, experiment, { environment: admin });
    expect(read.runs.map(({ status }) => status)).toEqual(['FAILED']);

    // Somebody who may look and not touch; known by the address.
    const mlflow = new Mlflow(server.url, { environment: admin });
    const { username, password } = { username: 'ada', password: 'an0ther p@ssword' };
    const made = await fetch(`${server.url}/api/2.0/mlflow/users/create`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${btoa(`admin:${admin.MLFLOW_TRACKING_PASSWORD}`)}`,
      },
      body: JSON.stringify({ username, password }),
    });
    expect(made.status).toBe(200);
    const uri = server.url.replace('//', `//${username}:${encodeURIComponent(password)}@`);
    const guest = new Mlflow(uri, { environment: {} });
    const { experiment_id } = await guest.getExperimentByName(experiment);
    const [run] = (await mlflow.searchRuns([experiment_id])).runs ?? [];
    const id = required(run, 'the run').info.run_id;
    const refused = await guest.setTag(id, 'a', 'b').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ statusCode: 403 });
    expect(String(refused)).toContain('the account has no permission for it');
    const own = await guest.createExperiment('of ada');
    await guest.setTag((await guest.createRun(own)).info.run_id, 'a', 'b');
  });
});

/** Without what two clients may choose each for itself: how JSON is spaced, names and forms of thumbnails, bytes of pictures. */
function normalised({ tags, runs }: Dump): Omit<Dump, 'experiment'> {
  return {
    tags,
    runs: runs.map((run) => ({
      ...run,
      tags: Object.fromEntries(Object.entries(run.tags).map(([key, text]) => [key, compact(text)])),
      datasets: run.datasets.map((fields) => fields.map(compact)),
      files: byName(run.files, (path, size) => (/\.(png|json)$|compressed$/.test(path) ? 0 : size)),
      // Of the thumbnails, those that are no PNG are not looked at.
      pictures: without(/compressed/, run.pictures),
    })),
  };
}

function byName<T>(
  files: Readonly<Record<string, T>>,
  normal: (path: string, value: T) => T,
): Record<string, T> {
  const named = Object.entries(files).map(([path, value]) => {
    const name = path.replace(/\+[0-9a-f-]{36}/, '').replace(/(\+compressed)\.\w+$/, '$1');
    return [name, normal(name, value)] as const;
  });
  return Object.fromEntries(named);
}

function without<T>(form: RegExp, files: Readonly<Record<string, T>>): Record<string, T> {
  const left = Object.entries(files).filter(([path]) => !form.test(path));
  return byName(Object.fromEntries(left), (_, value) => value);
}

/** JSON in a text, and in a text within it, without spaces; any other text as it is. */
function compact<T>(value: T): T | string {
  if (typeof value !== 'string' || !/^[{[]/.test(value)) return value;
  return JSON.stringify(JSON.parse(value), (_, inner: unknown) => compact(inner));
}

/** Keys of all that a run holds. */
function recordsOf({ info, data, inputs }: Run): string[] {
  const { metrics = [], params = [], tags = [] } = data;
  const names = [...metrics, ...params, ...tags]
    .map(({ key }) => key)
    .filter((key) => key !== 'mlflow.runName');
  const datasets = (inputs?.dataset_inputs ?? []).map(({ dataset }) => dataset.name);
  return [...names, ...datasets, ...(info.run_name === 'kept' ? ['kept'] : [])];
}

async function said(url: string, { path, body }: Trap, run: string): Promise<Trap['server']> {
  const text = body(run);
  const { status } = await sendRaw(url, path, text);
  if (status === 400) return 'refuses';
  expect(status).toBe(200);
  const after = await new Mlflow(url, { environment: {} }).getRun(run);
  if (text.includes('kept') && !recordsOf(after).includes('kept')) return 'swallows';
  const values = [...(after.data.params ?? []), ...(after.data.tags ?? [])].map(({ value }) => value);
  const sent = /x{6001,}/.exec(text)?.[0];
  return sent !== undefined && values.some((value) => /^x+$/.test(value) && value !== sent)
    ? 'cuts'
    : 'takes';
}

async function sendRaw(url: string, path: string, body: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/2.0/mlflow/runs/${path}`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

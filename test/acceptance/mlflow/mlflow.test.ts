import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import { updateBundle } from '../../../src/tracking/bundle/bundle.js';
import { readRun } from '../../../src/tracking/history.js';
import { type ApiError, Mlflow } from '../../../src/tracking/mlflow/index.js';
import { syncRuns } from '../../../src/tracking/replay/sync.js';
import { trackedExperimentOf } from '../../../src/tracking/tracked/experiment.js';
import type { TrackedRun } from '../../../src/tracking/tracked/types.js';
import { sampleRun, startTime, sweepEvents, temporaryFolder, writeRun } from '../../tracking/support.js';
import { type Dump, type DumpedRun, hasMlflow, type MlflowServer, readBack, startServer } from './server.js';

const experiment = 'eight-gaussians';

describe.skipIf(!hasMlflow)(
  'what the official client reads back (needs scripts/python-env.mjs)',
  { timeout: 240_000 },
  () => {
    it('is the run, from the bundle and from a server alike, and a second sync changes nothing', async () => {
      const runs = await temporaryFolder();
      const { directory } = await sampleRun(runs, { steps: 2100 });
      await sampleRun(runs, { run: '20261123T193501Z-aaaa', train: 'failed', time: startTime + 3_600_000 });
      await sampleRun(runs, { run: '20261123T203501Z-bbbb', train: 'killed', time: startTime + 7_200_000 });
      expect(await updateBundle(runs)).toMatchObject({ problems: [], readers: [] });

      const live = await temporaryFolder();
      const [bundleServer, liveServer] = await Promise.all([start(join(runs, 'mlflow')), start(live)]);
      const first = await syncRuns(runs, liveServer.url, { environment: {} });
      expect(first).toMatchObject({ there: [], problems: [] });
      expect(first.sent).toHaveLength(3);

      const fromBundle = await readBack(bundleServer.url, experiment);
      const fromServer = await readBack(liveServer.url, experiment);
      expect(fromServer).toEqual(fromBundle);
      expect(fromServer.runs.map(({ status }) => status)).toEqual(['FINISHED', 'FAILED', 'KILLED']);

      const tracked = await trackedRun(directory);
      const read = required(fromServer.runs[0], 'the first run');
      expectToHold(read, tracked);
      expect(read.histories['train/hard']).toHaveLength(2100);

      expect(await syncRuns(runs, liveServer.url)).toMatchObject({ sent: [], problems: [] });
      // As if the marker had been lost: everything is sent again.
      await sampleAgain(runs, liveServer);
      expect(await readBack(liveServer.url, experiment)).toEqual(fromServer);
    });

    it('is a tree of runs for a sweep, from the bundle and from a server alike', async () => {
      const runs = await temporaryFolder();
      const { record, directory } = await writeRun(runs, await sweepEvents(join(runs, 'store')));
      expect(await updateBundle(runs)).toMatchObject({ problems: [] });
      const [bundleServer, liveServer] = await Promise.all([
        start(join(runs, 'mlflow')),
        start(await temporaryFolder()),
      ]);
      expect((await syncRuns(runs, liveServer.url, { environment: {} })).problems).toEqual([]);
      const fromBundle = await readBack(bundleServer.url, experiment);
      expect(await readBack(liveServer.url, experiment)).toEqual(fromBundle);
      const tracked = trackedExperimentOf(record, directory).runs;
      const nameOf = new Map(tracked.map(({ id, name }) => [id, name]));
      const read = new Map(fromBundle.runs.map((run) => [run.name, run]));
      expect(read.size).toBe(7);
      for (const { name, parent, params, metrics } of tracked) {
        expect(read.get(name)).toMatchObject({
          parent: parent === undefined ? null : nameOf.get(parent),
          params: Object.fromEntries(params.map(({ key, value }) => [key, value])),
          latest: Object.fromEntries([...metrics].map(({ key, value }) => [key, bitsOf(value)])),
        });
      }
    });

    it('is a version of a registered model where that is asked for, once however often it is sent', async () => {
      const runs = await temporaryFolder();
      const register = { name: 'ring', alias: 'candidate', network: 'generator' } as const;
      const { directory } = await sampleRun(runs, { register });
      const { url } = await start(await temporaryFolder());
      for (let time = 0; time < 2; time++) {
        expect((await syncRuns(runs, url, { environment: {} })).problems).toEqual([]);
        await rm(join(directory, 'synced.json'));
      }
      const mlflow = new Mlflow(url, { environment: {} });
      const { experiment_id } = await mlflow.getExperimentByName(experiment);
      const { models = [] } = await mlflow.searchLoggedModels([experiment_id]);
      expect(models.map(({ info }) => [info.name, info.status]).sort()).toEqual([
        ['train-critic', 'LOGGED_MODEL_READY'],
        ['train-generator', 'LOGGED_MODEL_READY'],
      ]);
      const generator = required(
        models.find(({ info }) => info.name === 'train-generator'),
        'the generator',
      );
      expect(generator.data?.params).toContainEqual({ key: 'network.z_dim', value: '2' });
      const { model_id, source_run_id } = generator.info;
      const { data } = await mlflow.getLoggedModel(model_id);
      expect(data?.metrics?.filter(({ key }) => key === 'quality/swd')).toMatchObject([
        { value: 0.1 + 0.2, step: 60 },
      ]);
      expect(await historyLength(mlflow, required(source_run_id, 'the run'), 'quality/swd')).toBe(1);
      expect(await mlflow.searchModelVersions("name = 'ring'")).toHaveLength(1);
      expect(await mlflow.getModelVersionByAlias('ring', 'candidate')).toMatchObject({
        source: `models:/${model_id}`,
        run_id: source_run_id,
      });
    });

    it('is each row once when the server dies on the way', async () => {
      const runs = await temporaryFolder();
      await sampleRun(runs, { steps: 3000 });
      const folder = await temporaryFolder();
      let server = await start(folder);
      const port = Number(new URL(server.url).port);
      const options = { environment: {}, retries: 1, retryDelay: 50 };
      const broken = syncRuns(runs, server.url, options);
      await until(async () => (await runCount(server)) > 0);
      await server.kill();
      const outcome = await broken;
      expect(outcome.sent).toEqual([]);
      expect(outcome.problems[0]).toContain('no answer from http://127.0.0.1');

      server = await start(folder, port);
      expect((await syncRuns(runs, server.url, options)).sent).toHaveLength(1);
      const read = await readBack(server.url, experiment);
      expect(read.runs).toHaveLength(1);
      expectToHold(
        required(read.runs[0], 'the run'),
        await trackedRun(join(runs, 'history', '20261123T183501Z-3f9a')),
      );
    });

    it('is reached by every method, with typed refusals', async () => {
      const { url } = await start(await temporaryFolder());
      const mlflow = new Mlflow(url, { environment: {} });
      const id = await mlflow.createExperiment('by-hand');
      await mlflow.updateExperiment(id, 'by-hand-2');
      await mlflow.setExperimentTag(id, 'k', 'v');
      expect((await mlflow.getExperiment(id)).tags).toContainEqual({ key: 'k', value: 'v' });
      expect((await mlflow.searchExperiments("name = 'by-hand-2'", 5)).experiments).toHaveLength(1);
      await expect(mlflow.createExperiment('by-hand-2')).rejects.toMatchObject({
        statusCode: 400,
        errorCode: 'RESOURCE_ALREADY_EXISTS',
      } satisfies Partial<ApiError>);

      const { info } = await mlflow.createRun(id, 'a run', 1_000, [{ key: 'mine', value: '1' }]);
      await mlflow.logMetric(info.run_id, 'loss', Number.NaN, 2_000, 3);
      await mlflow.logParam(info.run_id, 'p', '1');
      await mlflow.setTag(info.run_id, 't', 'ü');
      await mlflow.deleteTag(info.run_id, 'mine');
      await mlflow.logModel(
        info.run_id,
        JSON.stringify({
          artifact_path: 'm',
          run_id: info.run_id,
          flavors: {},
          utc_time_created: '2026-11-23 18:35:01',
        }),
      );
      await expect(mlflow.logParam(info.run_id, 'p', '2')).rejects.toMatchObject({ statusCode: 400 });
      const history = await mlflow.getMetricHistory(info.run_id, 'loss');
      expect(history.metrics).toEqual([
        expect.objectContaining({ value: Number.NaN, step: 3, timestamp: 2_000 }),
      ]);
      await mlflow.uploadArtifact(info.artifact_uri, 'folder/ä+b ~.txt', { bytes: 'text' });
      expect((await mlflow.listArtifacts(info.run_id, 'folder')).files).toEqual([
        expect.objectContaining({ path: 'folder/ä+b ~.txt', file_size: 4 }),
      ]);
      await mlflow.updateRun(info.run_id, 'FINISHED', 4_000, 'renamed');
      expect((await mlflow.getRun(info.run_id)).info).toMatchObject({ run_name: 'renamed', end_time: 4_000 });
      await mlflow.deleteRun(info.run_id);
      await mlflow.restoreRun(info.run_id);
      expect((await mlflow.searchRuns([id], "tags.t = 'ü'")).runs).toHaveLength(1);

      await mlflow.createRegisteredModel('m', [{ key: 'a', value: 'b' }], 'first');
      const version = await mlflow.createModelVersion('m', info.artifact_uri, info.run_id);
      expect(version.version).toBe('1');
      await mlflow.setRegisteredModelAlias('m', 'best', '1');
      expect((await mlflow.getModelVersionByAlias('m', 'best')).run_id).toBe(info.run_id);
      await mlflow.setModelVersionTag('m', '1', 'k', 'v');
      await mlflow.deleteModelVersionTag('m', '1', 'k');
      expect((await mlflow.updateModelVersion('m', '1', 'text')).description).toBe('text');
      expect(await mlflow.searchModelVersions("name = 'm'")).toHaveLength(1);
      expect((await mlflow.searchRegisteredModels()).registered_models).toHaveLength(1);
      expect(await mlflow.getDownloadUriForModelVersionArtifacts('m', '1')).toContain('mlflow-artifacts:');
      await mlflow.deleteRegisteredModelAlias('m', 'best');
      await mlflow.deleteModelVersion('m', '1');
      expect((await mlflow.renameRegisteredModel('m', 'n')).name).toBe('n');
      await mlflow.deleteRegisteredModel('n');
      await expect(mlflow.getRegisteredModel('n')).rejects.toMatchObject({ statusCode: 404 });

      await mlflow.deleteExperiment(id);
      expect((await mlflow.getExperimentByName('by-hand-2')).lifecycle_stage).toBe('deleted');
      const runs = await temporaryFolder();
      await sampleRun(runs, { pipeline: 'by-hand-2' });
      const { problems } = await syncRuns(runs, url, { environment: {} });
      expect(problems).toEqual([expect.stringContaining(`mlflow experiments restore --experiment-id ${id}`)]);
      await mlflow.restoreExperiment(id);
      expect((await syncRuns(runs, url, { environment: {} })).problems).toEqual([]);
    });

    it('goes on in a bundle that mlflow ui has upgraded, and keeps what was written there', async () => {
      const runs = await temporaryFolder();
      await sampleRun(runs);
      await updateBundle(runs);
      const server = await start(join(runs, 'mlflow'));
      const mlflow = new Mlflow(server.url, { environment: {} });
      const { experiment_id } = await mlflow.getExperimentByName(experiment);
      const [run] = (await mlflow.searchRuns([experiment_id])).runs ?? [];
      await mlflow.setTag(required(run, 'the run').info.run_id, 'verdict', 'keep it');

      await sampleRun(runs, { run: '20261123T193501Z-aaaa', time: startTime + 3_600_000 });
      const { problems, readers } = await updateBundle(runs);
      expect(problems).toEqual([]);
      expect(readers.length).toBeGreaterThan(0);
      await server.kill();
      const again = await start(join(runs, 'mlflow'));
      const read: Dump = await readBack(again.url, experiment);
      expect(read.runs).toHaveLength(2);
      expect(read.runs[0]?.tags).toMatchObject({ verdict: 'keep it' });
      expectToHold(
        required(read.runs[1], 'the new run'),
        await trackedRun(join(runs, 'history', '20261123T193501Z-aaaa')),
      );
    });
  },
);

/** Everything that was to be tracked is there, bit for bit; infinities as MLflow's SQL store keeps them. */
function expectToHold(read: DumpedRun, run: TrackedRun): void {
  expect(read).toMatchObject({
    name: run.name,
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime,
    user: run.user,
  });
  expect(read.params).toEqual(Object.fromEntries(run.params.map(({ key, value }) => [key, value])));
  for (const { key, value } of run.tags) expect(read.tags[key]).toBe(value);
  const histories: Record<string, [number, number, string][]> = {};
  for (const { key, step, timestamp, value } of run.metrics) {
    (histories[key] ??= []).push([step, timestamp, bitsOf(value)]);
  }
  for (const [key, rows] of Object.entries(histories)) {
    expect(read.histories[key]).toEqual(rows.sort(([a], [b]) => a - b));
  }
  expect(Object.keys(read.histories).sort()).toEqual(Object.keys(histories).sort());
  const byName = [...run.datasets].sort((a, b) => (a.dataset.name < b.dataset.name ? -1 : 1));
  expect(read.datasets).toEqual(
    byName.map(({ dataset, tags }) => [
      dataset.name,
      dataset.digest,
      dataset.source_type,
      dataset.source,
      dataset.schema ?? null,
      dataset.profile ?? null,
      Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value])),
    ]),
  );
  expect(Object.keys(read.files).sort()).toEqual(run.artifacts.map(({ path }) => path).sort());
  const sizes = Object.entries(read.pictures).map(([path, [width]]) => [
    /step\+(\d+)/.exec(path)?.[1],
    path.includes('compressed'),
    width,
  ]);
  expect(sizes.sort()).toEqual([
    ['0', false, 40],
    ['0', true, 40],
    ['30', false, 40],
    ['30', true, 40],
    ['60', false, 520],
    ['60', true, 256],
  ]);
  expect(Object.keys(read.models)).toEqual(run.models.map(({ name }) => name).sort());
  for (const { name, files } of run.models) {
    const { signature, ...model } = required(read.models[name], name);
    expect(Object.keys(model.files)).toEqual(files.map(({ path }) => path).sort());
    expect(model.flavors).toMatchObject({ tfjs: { data: 'model.json', format: 'graph-model' } });
    const [input, output] = name === 'train-generator' ? ['latent', 'samples'] : ['samples', 'scores'];
    expect(JSON.parse(signature.inputs)).toMatchObject([{ name: input, 'tensor-spec': { shape: [-1, 2] } }]);
    expect(JSON.parse(signature.outputs)).toMatchObject([{ name: output }]);
  }
  expect(read.table.columns).toEqual(['stage', 'metric', 'step', 'value']);
}

function bitsOf(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)));
  return bytes.toString('hex');
}

async function trackedRun(directory: string): Promise<TrackedRun> {
  const record = required(await readRun(directory), 'the run');
  return required(trackedExperimentOf(record, directory).runs[0], 'the tracked run');
}

async function start(folder: string, port?: number): Promise<MlflowServer> {
  await mkdir(folder, { recursive: true });
  const server = await startServer(folder, port);
  onTestFinished(() => server.kill());
  return server;
}

async function sampleAgain(runs: string, { url }: MlflowServer): Promise<void> {
  await rm(join(runs, 'history', '20261123T183501Z-3f9a', 'synced.json'));
  expect((await syncRuns(runs, url, { environment: {} })).sent).toEqual(['20261123T183501Z-3f9a']);
}

async function historyLength(mlflow: Mlflow, run: string, key: string): Promise<number> {
  return (await mlflow.getMetricHistory(run, key)).metrics.length;
}

async function runCount({ url }: MlflowServer): Promise<number> {
  const mlflow = new Mlflow(url, { environment: {} });
  try {
    const { experiment_id } = await mlflow.getExperimentByName(experiment);
    return (await mlflow.searchRuns([experiment_id])).runs?.length ?? 0;
  } catch {
    return 0;
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) if (await condition()) return;
  throw new Error('it never came');
}

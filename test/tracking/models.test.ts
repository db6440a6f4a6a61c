import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { required } from '../../src/base/invariant.js';
import type { RunEvent } from '../../src/execute/events.js';
import type { RegisterSpec } from '../../src/spec/registering.js';
import { syncRuns } from '../../src/tracking/replay/sync.js';
import { fakeMlflow, type FakeMlflow } from './fake-mlflow.js';
import type { ServedModel } from './fake-models.js';
import { type Fault, faults } from './faults.js';
import { sampleEvents, sampleRun, temporaryFolder, writeRun } from './support.js';

const noSuchPage: Fault = {
  isActedOn: false,
  answer: (response) => void response.writeHead(404).end('<!doctype html><title>404 Not Found</title>'),
};

const registered = { name: 'ring', alias: 'best', network: 'generator' } as const;

const client = { environment: {}, retries: 0 };

describe('the networks of a training', () => {
  it('are models of their run, with their files, architecture and signature', async () => {
    const { server } = await synced();
    const { models, outputs } = server.models;
    expect(models.map(({ name, status, source }) => [name, status, source])).toEqual([
      ['train-generator', 'LOGGED_MODEL_READY', '0'],
      ['train-critic', 'LOGGED_MODEL_READY', '0'],
    ]);
    expect(outputs.get('0')).toEqual([
      { model_id: 'm-0', step: 60 },
      { model_id: 'm-1', step: 60 },
    ]);
    const [generator] = models;
    expect(generator?.params.get('network.hidden')).toBe('[128,128]');
    const keysOf = (model?: ServedModel) =>
      [...(model?.metrics ?? [])].map((row) => (JSON.parse(row) as { key: string }).key).sort();
    expect(keysOf(generator)).toEqual([
      'quality/modes',
      'quality/swd',
      'train/hard',
      'train/wasserstein_estimate',
    ]);
    expect(keysOf(models[1])).toEqual(['train/hard', 'train/wasserstein_estimate']);
    expect([...(generator?.files.keys() ?? [])].sort()).toEqual([
      'MLmodel',
      'generator.bin',
      'model.json',
      'networks.json',
    ]);
    expect(mlmodelIn(generator)).toMatchObject({
      artifact_path: 'mlflow-artifacts:/1/models/m-0/artifacts',
      flavors: { tfjs: { data: 'model.json', format: 'graph-model' } },
      model_id: 'm-0',
      run_id: '0',
      utc_time_created: expect.stringMatching(/^2026-11-23 18:\d\d:\d\d\.\d{6}$/) as unknown,
    });
    const { inputs } = mlmodelIn(generator).signature;
    expect(JSON.parse(inputs)).toEqual([
      { name: 'latent', type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 2] } },
    ]);
  });

  it('are there once, whatever broke off before', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs, { register: { name: 'ring', alias: 'best', network: 'generator' } });
    const undisturbed = await fakeMlflow();
    expect((await syncRuns(runs, undisturbed.url, client)).problems).toEqual([]);

    const server = await fakeMlflow();
    const kinds = [
      /^logged-models$/,
      /models\/m-\d+\/artifacts/,
      /^logged-models\/m-/,
      /^runs\/outputs/,
      /^registered-models\/create/,
      /^model-versions\/create/,
      /^registered-models\/alias/,
      /^model-versions\/set-tag/,
    ];
    for (const kind of kinds) {
      for (const name of ['500', '500 after the work', 'a connection closed after the headers'] as const) {
        server.beInTrouble(({ path }) => (kind.test(path) ? faults[name] : undefined));
        await syncRuns(runs, server.url, client);
      }
    }
    server.beInTrouble(() => undefined);
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    expect(comparable(server)).toEqual(comparable(undisturbed));
  });

  it('are entered into the registry where that is asked for, and an alias that was moved stays', async () => {
    const { server, runs, again } = await synced(registered);
    const { versions, aliases } = server.models;
    expect(versions).toMatchObject([{ name: 'ring', version: '1', source: 'models:/m-0', run_id: '0' }]);
    expect([...aliases]).toEqual([['ring@best', '1']]);
    aliases.set('ring@best', '7');
    await again();
    // The cache has the training: it is the version that it was.
    await sampleRun(runs, { run: '20261123T193501Z-aaaa', register: registered });
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    expect(versions).toHaveLength(1);
    expect([...aliases]).toEqual([['ring@best', '7']]);

    await sampleRun(runs, { run: '20261123T203501Z-bbbb', register: { ...registered, network: 'critic' } });
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    expect([...aliases]).toEqual([['ring@best', '2']]);
    expect(versions[1]).toMatchObject({ source: 'models:/m-5', run_id: '2' });
  });

  it('get their alias from the version before, though that broke off at first', async () => {
    const { server, runs } = await synced(registered);
    await sampleRun(runs, { run: '20261123T193501Z-aaaa', register: { ...registered, network: 'critic' } });
    server.beInTrouble(({ path }) => (path === 'registered-models/alias' ? faults['503'] : undefined));
    await syncRuns(runs, server.url, client);
    expect([...server.models.aliases]).toEqual([['ring@best', '1']]);
    server.beInTrouble(() => undefined);
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    expect([...server.models.aliases]).toEqual([['ring@best', '2']]);
  });

  it('are there although the registry refuses them, which is said', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs, { register: registered });
    const server = await fakeMlflow();
    server.beInTrouble(({ path }) => (path.startsWith('registered-models') ? faults['403'] : undefined));
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([
      expect.stringContaining('without its version of the registered model ring'),
    ]);
    expect(server.models.models.map(({ status }) => status)).toEqual([
      'LOGGED_MODEL_READY',
      'LOGGED_MODEL_READY',
    ]);
  });

  it('are not registered where the training diverged', async () => {
    const runs = await temporaryFolder();
    const events = await sampleEvents(join(runs, 'store'), { register: registered });
    const divergence = { kind: 'not_finite' as const, step: 60, message: 'the losses are no longer finite' };
    await writeRun(
      runs,
      events.map((event): RunEvent =>
        event.type === 'stage_succeeded' && event.stage === 'train'
          ? { ...event, type: 'stage_diverged', divergence }
          : event,
      ),
    );
    const server = await fakeMlflow();
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    expect(server.models.models[0]?.tags.get('wassermill.diverged')).toBe('True');
    expect(server.models.versions).toEqual([]);
  });

  it('are among the run’s files on a server that knows no models', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs, { register: registered });
    const server = await fakeMlflow();
    server.beInTrouble(({ path }) => (path.startsWith('logged-models') ? noSuchPage : undefined));
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    const run = required(server.state().runs[0], 'the run');
    expect([...run.artifacts.keys()].filter((path) => path.startsWith('train-critic/')).sort()).toEqual(
      ['MLmodel', 'critic.bin', 'model.json', 'networks.json'].map((name) => `train-critic/${name}`),
    );
    expect(server.models.versions).toMatchObject([
      { name: 'ring', source: 'mlflow-artifacts:/1/0/artifacts/train-generator' },
    ]);
    const history = JSON.parse(run.tags.get('mlflow.log-model.history') ?? '') as unknown;
    expect(history).toMatchObject([
      { artifact_path: 'train-generator', run_id: '0' },
      { artifact_path: 'train-critic' },
    ]);
  });

  it.each<[string, (folder: string) => Promise<void>]>([
    ['has lost them', (folder) => rm(folder, { recursive: true })],
    [
      'has lost their weights',
      async (folder) => {
        await rm(join(folder, 'generator.bin'));
        await rm(join(folder, 'critic.bin'));
      },
    ],
    [
      'has damaged them',
      async (folder) => {
        await truncate(join(folder, 'generator.json'), 40);
        await truncate(join(folder, 'critic.json'), 40);
      },
    ],
  ])('are left out where the cache %s', async (_what, damage) => {
    const runs = await temporaryFolder();
    await sampleRun(runs);
    await damage(join(runs, 'store/first/train/snapshots/step-000060'));
    const server = await fakeMlflow();
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    expect(server.models.models).toEqual([]);
  });
});

async function synced(register?: RegisterSpec) {
  const runs = await temporaryFolder();
  const { directory } = await sampleRun(runs, register === undefined ? {} : { register });
  const server = await fakeMlflow();
  const sync = async () => {
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
  };
  await sync();
  const again = async () => {
    await rm(join(directory, 'synced.json'));
    await sync();
  };
  return { runs, server, again };
}

function mlmodelIn(model: ServedModel | undefined) {
  return parse(required(model?.files.get('MLmodel'), 'MLmodel')) as { signature: { inputs: string } };
}

/** A tag that was set twice, as its answer was lost, is one. */
function comparable({ models }: FakeMlflow): unknown {
  return {
    models: models.models,
    outputs: models.outputs,
    aliases: models.aliases,
    versions: models.versions.map(({ tags, ...version }) => ({
      ...version,
      tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    })),
  };
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { required } from '../../src/base/invariant.js';
import type { RegisterSpec } from '../../src/spec/registering.js';
import { syncRuns } from '../../src/tracking/replay/sync.js';
import { fakeMlflow } from './fake-mlflow.js';
import type { ServedModel } from './fake-models.js';
import { type Fault, faults } from './faults.js';
import { sampleRun, temporaryFolder } from './support.js';

const noSuchPage: Fault = {
  isActedOn: false,
  answer: (response) => void response.writeHead(404).end('<!doctype html><title>404 Not Found</title>'),
};

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
    await sampleRun(runs, { register: { name: 'ring', network: 'generator' } });
    const undisturbed = await fakeMlflow();
    expect((await syncRuns(runs, undisturbed.url, client)).problems).toEqual([]);

    const server = await fakeMlflow();
    const kinds = [
      /^logged-models$/,
      /models\/m-\d+\/artifacts/,
      /^logged-models\/m-/,
      /^runs\/outputs/,
      /^model-versions\/create/,
    ];
    for (const kind of kinds) {
      for (const name of ['500', '500 after the work'] as const) {
        server.beInTrouble(({ path }) => (kind.test(path) ? faults[name] : undefined));
        await syncRuns(runs, server.url, client);
      }
    }
    server.beInTrouble(() => undefined);
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    expect(server.state().models).toEqual(undisturbed.state().models);
  });

  it('are entered into the registry where that is asked for, and an alias that was moved stays', async () => {
    const { server, runs, again } = await synced({ name: 'ring', alias: 'best', network: 'generator' });
    const { versions, aliases } = server.models;
    expect(versions).toMatchObject([{ name: 'ring', version: '1', source: 'models:/m-0', run_id: '0' }]);
    expect([...aliases]).toEqual([['ring@best', '1']]);
    aliases.set('ring@best', '7');
    await again();
    expect(versions).toHaveLength(1);
    expect([...aliases]).toEqual([['ring@best', '7']]);

    await sampleRun(runs, {
      run: '20261123T193501Z-aaaa',
      register: { name: 'ring', alias: 'best', network: 'critic' },
    });
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    expect([...aliases]).toEqual([['ring@best', '2']]);
    expect(versions[1]).toMatchObject({ source: 'models:/m-3', run_id: '1' });
  });

  it('are among the run’s files on a server that knows no models', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs);
    const server = await fakeMlflow();
    server.beInTrouble(({ path }) => (path.startsWith('logged-models') ? noSuchPage : undefined));
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    const run = required(server.state().runs[0], 'the run');
    expect([...run.artifacts.keys()].filter((path) => path.startsWith('train-critic/')).sort()).toEqual(
      ['MLmodel', 'critic.bin', 'model.json', 'networks.json'].map((name) => `train-critic/${name}`),
    );
    const history = JSON.parse(run.tags.get('mlflow.log-model.history') ?? '') as unknown;
    expect(history).toMatchObject([
      { artifact_path: 'train-generator', run_id: '0' },
      { artifact_path: 'train-critic' },
    ]);
  });

  it('are left out where the cache has lost them', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs);
    await rm(join(runs, 'store'), { recursive: true });
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

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it, onTestFinished } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { Mlflow } from '../../src/tracking/mlflow/index.js';
import { temporaryFolder } from '../files/support.js';
import { hasMlflow, type MlflowServer, readBack, startServer } from './mlflow/server.js';
import { latestRun, run, runPipeline, shortened, start, userEnvironment, wassermill } from './support.js';

describe.skipIf(!hasMlflow)('MLflow after real runs (needs scripts/python-env.mjs)', () => {
  it(
    'shows in the bundle what it shows on a server, read by its official client',
    { timeout: 300_000 },
    async () => {
      const place = await temporaryFolder();
      const runs = join(place, 'runs');
      const pipeline = await shortened('quickstart.yaml', 60, place);
      const live = await startServerIn(join(place, 'server'));
      await runPipeline(pipeline, runs, { env: userEnvironment({ MLFLOW_TRACKING_URI: live }) });
      const sent = await latestRun(runs);
      // The bundle is of all runs: of the one that went to the server, and of this one, which the cache gives.
      await runPipeline(pipeline, runs, { env: userEnvironment({ MLFLOW_TRACKING_URI: undefined }) });

      const bundle = await startServerIn(join(runs, 'mlflow'));
      const [onServer, inBundle] = [await readBack(live, 'quickstart'), await readBack(bundle, 'quickstart')];
      expect(onServer.runs).toHaveLength(1);
      expect(inBundle.runs).toHaveLength(2);
      expect(inBundle.runs[0]).toEqual(onServer.runs[0]);

      const read = required(onServer.runs[0], 'the run');
      expect(read).toMatchObject({ name: sent.id, status: 'FINISHED', start_time: sent.record.start.time });
      expect(read.histories['train/wasserstein_estimate']).toHaveLength(60);
      expect(read.histories['quality/swd']?.map(([step]) => step)).toEqual([0, 20, 40, 60]);
      const pictures = Object.values(read.pictures).filter(([width, height]) => width && height);
      expect(pictures.length).toBeGreaterThanOrEqual(3);
      expect(inBundle.runs[1]?.histories).toEqual(read.histories);
    },
  );

  it(
    'shows a training while it goes on, and each step once whoever dies: the server, then the run',
    { timeout: 400_000 },
    async () => {
      const place = await temporaryFolder();
      const runs = join(place, 'runs');
      const folder = join(place, 'server');
      const pipeline = await shortened('quickstart.yaml', 20_000, place);
      const first = await startIn(folder);
      const { url } = first;
      const env = userEnvironment({ MLFLOW_TRACKING_URI: url });
      const started = start([...wassermill, 'run', pipeline, '--runs', runs], { cwd: place, env });
      const steps = await stepsBeyond(0, url);

      await first.kill();
      await startIn(folder, Number(new URL(url).port));
      await stepsBeyond(steps, url);

      started.signal('SIGKILL');
      await started.ended;
      const sync = [...wassermill, 'sync', url, '--runs', runs];
      for (const said of [/1 run/, /./, /./]) {
        expect((await run(sync, { cwd: place, env })).output).toMatch(said);
      }

      // Another run brings the bundle up to date.
      const short = await shortened('quickstart.yaml', 20, await temporaryFolder());
      await runPipeline(short, runs, { env: userEnvironment({ MLFLOW_TRACKING_URI: undefined }) });
      const bundle = await startServerIn(join(runs, 'mlflow'));
      const onServer = (await readBack(url, 'quickstart')).runs;
      expect(onServer).toHaveLength(1);
      expect(onServer[0]).toMatchObject({ status: 'KILLED' });
      expect(onServer[0]).toEqual((await readBack(bundle, 'quickstart')).runs[0]);
      const history = onServer[0]?.histories['train/wasserstein_estimate'] ?? [];
      expect(history.map(([step]) => step)).toEqual(history.map((_, index) => index + 1));
      expect(history.length).toBeGreaterThan(steps);
    },
  );
});

/** The number of steps that the server has of the training, once it has more than those. */
async function stepsBeyond(before: number, url: string): Promise<number> {
  const mlflow = new Mlflow(url, { environment: {} });
  for (let attempt = 0; attempt < 300; attempt++) {
    await wait(500);
    const experiment = await mlflow.getExperimentByName('quickstart').catch(() => undefined);
    const found = experiment && (await mlflow.searchRuns([experiment.experiment_id])).runs?.[0];
    const latest = found?.data.metrics?.find(({ key }) => key === 'train/wasserstein_estimate');
    if (latest?.step === undefined || latest.step <= before) continue;
    expect(found?.info.status).toBe('RUNNING');
    return latest.step;
  }
  throw new Error(`the server never had more than ${before} steps`);
}

async function startServerIn(folder: string): Promise<string> {
  return (await startIn(folder)).url;
}

async function startIn(folder: string, port?: number): Promise<MlflowServer> {
  await mkdir(folder, { recursive: true });
  const server = await startServer(folder, port);
  onTestFinished(() => server.kill());
  return server;
}

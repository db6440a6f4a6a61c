import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { temporaryFolder } from '../files/support.js';
import { hasMlflow, readBack, startServer } from './mlflow/server.js';
import { latestRun, runPipeline, shortened, userEnvironment } from './support.js';

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

      const run = required(onServer.runs[0], 'the run');
      expect(run).toMatchObject({ name: sent.id, status: 'FINISHED', start_time: sent.record.start.time });
      expect(run.histories['train/wasserstein_estimate']).toHaveLength(60);
      expect(run.histories['quality/swd']?.map(([step]) => step)).toEqual([0, 20, 40, 60]);
      const pictures = Object.values(run.pictures).filter(([width, height]) => width && height);
      expect(pictures.length).toBeGreaterThanOrEqual(3);
      expect(inBundle.runs[1]?.histories).toEqual(run.histories);
    },
  );
});

async function startServerIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const server = await startServer(folder);
  onTestFinished(() => server.kill());
  return server.url;
}

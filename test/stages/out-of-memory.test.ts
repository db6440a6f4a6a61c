import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { localWorkers } from '../../src/execute/worker-pool.js';
import type { StageId } from '../../src/plan/types.js';
import { explainFailure } from '../../src/report/failure.js';
import { temporaryFolder } from '../files/support.js';
import { datasetIn, type TrainFields, trainFields } from './training-support.js';

const module = fileURLToPath(new URL('../../dist/cli/worker.js', import.meta.url));
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

/** Trains in a worker whose process may have so many megabytes of its own. */
async function trainedWithin(megabytes: number, changed: Partial<TrainFields>) {
  const folder = await temporaryFolder();
  const [dataset, output] = [join(folder, 'dataset'), join(folder, 'output')];
  const fields = { ...trainFields, ...changed };
  await datasetIn(dataset, 'points', fields.batch_size);
  await mkdir(output);
  const startWorker = localWorkers({ module, environment: process.env, log: () => undefined });
  return startWorker(
    {
      stage: 'train' as StageId,
      kind: 'train',
      fields,
      inputs: { dataset: { stage: 'dataset:points' as StageId, directory: dataset, split: 'train' } },
      output,
      backend: 'native',
      checkpoint: { folder: join(folder, 'checkpoint'), interval: { seconds: 1000 } },
    },
    {
      signal: new AbortController().signal,
      onStart: (pid) => {
        execFileSync('prlimit', ['--pid', String(pid), `--data=${megabytes * 1_000_000}`]);
      },
      onEvent: () => undefined,
    },
  );
}

describe.skipIf(!hasPrlimit)('a training that gets no memory (prlimit)', () => {
  test('says so at its batch size, and what to do', async () => {
    // Its noise alone is 8 GB.
    const result = await trainedWithin(4000, {
      batch_size: 20_000,
      generator: { type: 'mlp_generator', z_dim: 100_000, hidden: [2], activation: 'relu', norm: 'none' },
    });
    expect(result, JSON.stringify(result)).toMatchObject({
      ok: false,
      error: {
        reason: 'problem',
        field: ['batch_size'],
        message: 'there is not enough memory',
        help: expect.stringMatching(/^lower `batch_size`.* what train needs/) as string,
      },
    });
  });

  // Which thread meets the limit first is chance.
  test.each([150, 250, 350])(
    'or is ended by a library, and then the parent says so (%d MB)',
    async (megabytes) => {
      const result = await trainedWithin(megabytes, {
        batch_size: 1000,
        generator: { type: 'mlp_generator', z_dim: 2, hidden: [4000], activation: 'relu', norm: 'batch' },
      });
      if (result.ok) return;
      const { heading, message } = explainFailure(result.error);
      expect(`${heading} ${message}`, JSON.stringify(result.error)).toMatch(/memory/);
    },
  );
});

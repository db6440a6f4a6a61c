import { cp, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { ok } from '../../../src/base/result.js';
import type { Attempt } from '../../../src/cli/verify-resume/attempt.js';
import { compareTrainings } from '../../../src/cli/verify-resume/differences.js';
import type { StageEvent } from '../../../src/execute/contract.js';
import { writeSnapshot } from '../../../src/stages/model-artifact.js';
import { loadBackend } from '../../../src/tensor/backend.js';
import * as tf from '../../../src/tensor/tf.js';
import { temporaryFolder } from '../../files/support.js';

beforeAll(() => loadBackend('cpu', 1));

const metrics = (step: number, loss: number, timestamp = 0): StageEvent => ({
  type: 'metrics',
  step,
  timestamp,
  values: { loss },
});

/** Two attempts that left and reported the same. */
async function twins(): Promise<{ straight: Attempt; resumed: Attempt }> {
  const folder = await temporaryFolder();
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  await mkdir(a);
  const weights = { bias: tf.tensor([1, 2]), weights: tf.tensor([[0.5], [0.25], [4]]) };
  await writeSnapshot(a, 2, { generator: weights, critic: weights });
  await cp(a, b, { recursive: true });
  const attempt = (output: string, time: number): Attempt => ({
    output,
    events: [metrics(1, NaN, time), metrics(2, 0.5, time)],
    result: ok(undefined),
    before: 0,
  });
  return { straight: attempt(a, 0), resumed: attempt(b, 7) };
}

test('equal trainings have no difference, whenever they were', async () => {
  const { straight, resumed } = await twins();
  expect(await compareTrainings(straight, resumed)).toEqual({
    files: 4,
    tensors: 4,
    metrics: 2,
    differences: [],
  });
});

test('the tensor that differs in a bit is named', async () => {
  const { straight, resumed } = await twins();
  const file = await open(join(resumed.output, 'snapshots/step-000002/critic.bin'), 'r+');
  // The last bit of 0.25, the second value of the second tensor.
  await file.write(Uint8Array.of(1), 0, 1, 4 * 3);
  await file.close();
  expect((await compareTrainings(straight, resumed)).differences).toEqual([
    'tensor weights in snapshots/step-000002/critic.bin: 1 of 3 values, the first 0.25 straight and 0.2500000298023224 resumed',
  ]);
});

test('files and values that are missing or other are named', async () => {
  const { straight, resumed } = await twins();
  await rm(join(resumed.output, 'snapshots/step-000002/critic.json'));
  const note = { type: 'note', message: 'What was computed again differs' } as const;
  const events = [metrics(1, NaN), metrics(2, 0.75), note];
  expect((await compareTrainings(straight, { ...resumed, events })).differences).toEqual([
    'loss at step 2: 0.5 straight and 0.75 resumed',
    'What was computed again differs',
    'snapshots/step-000002/critic.json: only straight',
  ]);
});

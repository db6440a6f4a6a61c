import { expect, it } from 'vitest';

import { machineFor } from '../../src/cli/machine.js';
import { folderWithNvidiaSmi, testFolder } from './gauges/support.js';

const asking = { stages: [{ policy: { gpu: 1 } }] } as unknown as Parameters<typeof machineFor>[0];

it('counts the GPUs that nvidia-smi lists, by their names', async () => {
  const script = `[ "$1" = --query-gpu=uuid ] || exit 2
echo GPU-22b2c6ac-2d49-4863-197c-9c469071178a
echo GPU-7fe86b8b-84b8-bcb3-ac43-fcf06f7bc3d4`;
  const { gpus } = await machineFor(asking, { PATH: await folderWithNvidiaSmi(script) });
  expect(gpus).toEqual([
    'GPU-22b2c6ac-2d49-4863-197c-9c469071178a',
    'GPU-7fe86b8b-84b8-bcb3-ac43-fcf06f7bc3d4',
  ]);
});

it('finds none without a driver, or where it refuses', async () => {
  expect((await machineFor(asking, { PATH: await testFolder() })).gpus).toEqual([]);
  const refuses = await folderWithNvidiaSmi("echo 'No devices were found'; exit 6");
  expect((await machineFor(asking, { PATH: refuses })).gpus).toEqual([]);
});

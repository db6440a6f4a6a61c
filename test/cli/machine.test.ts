import { expect, it } from 'vitest';

import { machineFor, mayUseGpus } from '../../src/cli/machine.js';
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

it.each([
  ['on native', 'native', [], false],
  ['of stages that ask for none', 'native', [{}, { policy: {} }, { policy: { gpu: 0 } }], false],
  ['of a stage that asks for one', 'native', [{}, { policy: { gpu: 1 } }], true],
  ['on gpu', 'gpu', [{}], true],
])('knows of a plan %s whether its run may use GPUs', (_plan, backend, stages, expected) => {
  expect(mayUseGpus({ backend, stages } as unknown as Parameters<typeof mayUseGpus>[0])).toBe(expected);
});

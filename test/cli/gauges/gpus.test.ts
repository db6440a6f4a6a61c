import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { gpusGauge } from '../../../src/cli/gauges/gpus.js';
import { folderWithNvidiaSmi, fourGpus, testFolder } from './support.js';

const signal = () => new AbortController().signal;

it('reads all GPUs of the machine in MLflow’s names and units, and leaves out what they do not tell', async () => {
  const readings = await gpusGauge({ PATH: await folderWithNvidiaSmi(fourGpus) })(signal());
  expect(readings).toEqual({
    gpu_0_utilization_percentage: 86,
    // Of 2^20 bytes there, of 10^6 here.
    gpu_0_memory_usage_megabytes: (5120 * 1024 * 1024) / 1e6,
    gpu_0_memory_usage_percentage: 62.5,
    gpu_0_power_usage_watts: 176.98,
    gpu_0_power_usage_percentage: (100 * 176.98) / 200,
    gpu_1_memory_usage_megabytes: (37 * 1024 * 1024) / 1e6,
    gpu_1_memory_usage_percentage: (100 * 37) / 81920,
    gpu_1_power_usage_watts: 87.05,
    gpu_1_power_usage_percentage: (100 * 87.05) / 400,
    gpu_2_utilization_percentage: 3,
    gpu_2_power_usage_watts: 4.51,
  });
});

it('reads nothing from what is no table', async () => {
  const text =
    "echo 'Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot, a, b, c, d, e'";
  expect(await gpusGauge({ PATH: await folderWithNvidiaSmi(text) })(signal())).toEqual({});
});

it('fails where there is no driver, and where it refuses', async () => {
  await expect(gpusGauge({ PATH: await testFolder() })(signal())).rejects.toThrow('ENOENT');
  const refuses = await folderWithNvidiaSmi("echo 'No devices were found'; exit 6");
  await expect(gpusGauge({ PATH: refuses })(signal())).rejects.toThrow('Command failed');
});

it('kills a program that hangs when the signal comes', async () => {
  const folder = await folderWithNvidiaSmi(`trap '' TERM; echo $$ > "\${0%/*}/pid"; exec /bin/sleep 60`);
  const controller = new AbortController();
  const reading = gpusGauge({ PATH: folder })(controller.signal);
  reading.catch(() => undefined);
  const file = join(folder, 'pid');
  while (!existsSync(file) || (await readFile(file, 'utf8')) === '') await delay(10);
  const pid = Number(await readFile(file, 'utf8'));
  expect(process.kill(pid, 0)).toBe(true);
  controller.abort();
  await expect(reading).rejects.toThrow('aborted');
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

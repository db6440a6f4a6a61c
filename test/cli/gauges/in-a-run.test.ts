import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { MachineSampled, RunEvent } from '../../../src/execute/events.js';
import { newProject } from '../support.js';
import { folderWithNvidiaSmi, fourGpus } from './support.js';

/** Ends after the first sample. */
const pipeline = (resources: string) => `version: 1
name: waits
datasets: {}
architectures: {}
stages:
  wait: {type: command, run: sleep 10.5, resources: ${resources}}
`;

/** The names of what a run on a machine with GPUs tells. */
async function namesTold(resources: string): Promise<readonly string[]> {
  const project = await newProject({ 'waits.yaml': pipeline(resources) });
  try {
    const PATH = `${await folderWithNvidiaSmi(fourGpus)}:${process.env['PATH']}`;
    const { code, stderr } = await project.wassermill(['run', 'waits.yaml', '--backend', 'cpu'], {
      environment: { PATH, CUDA_VISIBLE_DEVICES: '0' },
    });
    expect([code, stderr]).toEqual([0, '']);
    const history = join(project.folder, 'runs/history');
    const [run = ''] = await readdir(history);
    const lines = (await readFile(join(history, run, 'journal.jsonl'), 'utf8')).trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as RunEvent);
    const samples = events.filter((event): event is MachineSampled => event.type === 'machine_sampled');
    expect(samples).toHaveLength(1);
    return Object.keys(samples[0]?.values ?? {}).sort();
  } finally {
    await project.remove();
  }
}

const always = [
  'cpu_utilization_percentage',
  'system_memory_usage_megabytes',
  'system_memory_usage_percentage',
  'disk_usage_percentage',
  'disk_usage_megabytes',
  'disk_available_megabytes',
  ...(process.platform === 'linux' ? ['network_receive_megabytes', 'network_transmit_megabytes'] : []),
];
const ofGpus = [
  'gpu_0_utilization_percentage',
  'gpu_0_memory_usage_megabytes',
  'gpu_0_memory_usage_percentage',
  'gpu_0_power_usage_watts',
  'gpu_0_power_usage_percentage',
  'gpu_1_memory_usage_megabytes',
  'gpu_1_memory_usage_percentage',
  'gpu_1_power_usage_watts',
  'gpu_1_power_usage_percentage',
  'gpu_2_utilization_percentage',
  'gpu_2_power_usage_watts',
];

test('a run writes down how busy processors, disk and network are, and GPUs where a stage asks for one', async () => {
  const [asks, asksNot] = await Promise.all([namesTold('{gpu: 1}'), namesTold('{gpu: 0}')]);
  expect(asks).toEqual([...always, ...ofGpus].sort());
  expect(asksNot).toEqual([...always].sort());
});

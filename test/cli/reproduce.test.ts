import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { provenanceDifferences } from '../../src/cli/reproduce/verdicts.js';
import { runIdsIn } from '../../src/tracking/history.js';
import { newProject, pipelineNamed, type Project } from './support.js';

let project: Project;
let folder: string;
beforeEach(async () => {
  project = await newProject({ 'tiny.yaml': pipelineNamed('tiny', 4) });
  const { code, stderr } = await project.wassermill(['run', 'tiny.yaml', '--backend', 'cpu']);
  expect(code, stderr).toBe(0);
  const runs = join(project.folder, 'runs');
  folder = join(runs, 'history', required((await runIdsIn(runs))[0], 'the run'));
});
afterEach(() => project.remove());

test('runs all stages again from the record alone, and finds the same bits', async () => {
  await rm(join(project.folder, 'tiny.yaml'));
  await rm(join(project.folder, 'runs/store'), { recursive: true });
  const { code, stdout } = await project.wassermill(['reproduce']);
  expect(stdout).toMatch(/^\S+: \d stages once more\n/);
  expect(stdout).toMatch(/\n {2}train +equal \([0-9a-f]{12}\)\n/);
  expect(stdout).toMatch(/\nReproduced to the last bit\.\n$/);
  expect(code).toBe(0);
  const again = await project.wassermill(['reproduce', '--json']);
  const { stages, ...whole } = JSON.parse(again.stdout) as { stages: readonly Record<string, unknown>[] };
  expect(whole).toEqual({ type: 'reproduce', run: basename(folder), reproduced: true, differences: [] });
  expect(stages.map(({ stage, state }) => [stage, state])).toEqual([
    ['dataset:ring', 'equal'],
    ['train', 'equal'],
    ['quality', 'equal'],
  ]);
  expect(stages[1]?.['digest']).toMatch(/^[0-9a-f]{64}$/);
});

test('names the stage and the files that differ, and what is other on this machine', async () => {
  const journal = join(folder, 'journal.jsonl');
  const lines = (await readFile(journal, 'utf8')).split('\n');
  const index = lines.findIndex((line) => /"stage_succeeded".*"stage":"train"/.test(line));
  const other = '0'.repeat(64);
  lines[index] = (lines[index] ?? '')
    .replace(/("path":"networks.json","bytes":\d+,"digest":")[0-9a-f]+/, `$1${other}`)
    .replace(/\],"digest":"[0-9a-f]+"/, `],"digest":"${other}"`);
  lines[0] = (lines[0] ?? '').replace(/"instructions":"/, '"instructions":"avx4 ');
  await writeFile(journal, lines.join('\n'));
  const { code, stdout } = await project.wassermill(['reproduce']);
  expect(stdout).toMatch(/\n {2}train +different: networks.json\n/);
  expect(stdout).toMatch(
    /\nNot reproduced: 1 of \d stages; what is different here:\n {2}instruction set: without avx4 here\n$/,
  );
  expect(code).toBe(1);
  const told = await project.wassermill(['reproduce', '--json']);
  expect(told.code).toBe(1);
  expect(JSON.parse(told.stdout)).toMatchObject({
    reproduced: false,
    stages: [
      { stage: 'dataset:ring', state: 'equal' },
      { stage: 'train', state: 'different', files: ['networks.json'] },
      { stage: 'quality', state: 'equal' },
    ],
    differences: ['instruction set: without avx4 here'],
  });
});

test('is refused for a run that cannot be run as it was', async () => {
  const lock = join(folder, 'plan.lock');
  await writeFile(lock, (await readFile(lock, 'utf8')).replace('lr: 1e-3', 'lr: 2e-3'));
  const { code, stderr } = await project.wassermill(['reproduce']);
  expect(stderr).toContain('plan.lock');
  expect(code).toBe(2);
  const told = await project.wassermill(['reproduce', '--json']);
  expect([told.code, told.stderr]).toEqual([2, '']);
  expect(JSON.parse(told.stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'diagnostic' });
});

test('what is other than it was is told, and what was not written down is not', () => {
  const here = { tensorflow: '2', instructions: 'avx avx2', cpu: 'a', node: '20', wassermill: '1' };
  const whole = { ...here, backend: 'native', cores: 1, git: undefined, pipelineFile: 'a', user: 'me' };
  expect(provenanceDifferences(whole, whole)).toEqual([]);
  const { instructions, ...early } = { ...whole, tensorflow: '1' };
  expect(instructions).toBe('avx avx2');
  expect(provenanceDifferences(early, whole)).toEqual(['TensorFlow: 1 then, 2 here']);
  expect(provenanceDifferences({ ...whole, instructions: 'avx fma', node: '18' }, whole)).toEqual([
    'instruction set: without fma here, with avx2 here',
    'Node.js: 18 then, 20 here',
  ]);
});

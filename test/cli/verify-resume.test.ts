import { afterEach, beforeEach, expect, test } from 'vitest';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { newProject, tinyPipeline, type Project } from './support.js';

let project: Project;
beforeEach(async () => {
  project = await newProject({ 'tiny.yaml': tinyPipeline });
});
afterEach(() => project.remove());

const verify = (...args: readonly string[]) =>
  project.wassermill(['verify-resume', 'tiny.yaml', '--backend', 'cpu', ...args]);

test('shows that a killed training goes on where it was, to the same bits', async () => {
  const { code, stdout, stderr } = await verify('--steps', '199');
  expect(stderr).toMatch(/^note: --backend cpu .*\n$/);
  expect(stdout).toMatch(
    new RegExp(
      [
        '^train, for 200 generator steps',
        '  straight  made 200 generator steps',
        '  killed    by SIGKILL after 1\\d\\d generator steps',
        '  resumed   from the checkpoint at 100, made 100 generator steps',
        'Equal to the last bit: \\d+ tensors, 600 metric values, \\d+ files\\.\n$',
      ].join('\n'),
    ),
  );
  expect(code).toBe(0);
  // It is a trial: nothing of it is kept but the data.
  expect(await readdir(join(project.folder, 'runs'))).toEqual(['store']);
  for (const folder of ['drafts', 'checkpoints', 'locks']) {
    expect(await readdir(join(project.folder, 'runs/store', folder))).toEqual([]);
  }
});

test('says that a training ends before, where it diverges and that is its result', async () => {
  const explosive = tinyPipeline
    .replace('clip: 0.1\n', 'clip: 1000\n')
    .replace('type: rmsprop, lr: 1e-3', 'type: sgd, lr: 2')
    .replace(
      'stages:\n  train:\n',
      'stages:\n  train:\n    on_divergence: {action: mark, max_estimate: 100}\n',
    );
  await project.write('tiny.yaml', explosive);
  const { code, stdout, stderr } = await verify('--steps', '100');
  expect(stdout).toMatch(/straight {2}made \d{1,2} generator steps?\n$/);
  expect(stderr).toMatch(
    /error: the training diverged at generator step \d+, which ends it\n {2}help: try fewer steps\n$/,
  );
  expect(code).toBe(1);
});

test('says the same for machines', async () => {
  const { code, stdout } = await verify('--steps', '100', '--json');
  expect(stdout.split('\n')).toHaveLength(2);
  const verdict = JSON.parse(stdout) as { killed: { after: number }; compared: object };
  expect(verdict).toEqual({
    type: 'verify_resume',
    stage: 'train',
    steps: 100,
    equal: true,
    killed: { after: verdict.killed.after },
    resumed: { from: 50, made: 50 },
    compared: { tensors: expect.any(Number) as number, metrics: 300, files: expect.any(Number) as number },
    differences: [],
  });
  expect(verdict.killed.after).toBeGreaterThan(50);
  expect(code).toBe(0);

  await project.write('tiny.yaml', tinyPipeline.replace('clip: 0.1', 'clip: fast'));
  const refused = await verify('--json');
  expect([refused.code, refused.stderr]).toEqual([2, '']);
  expect(JSON.parse(refused.stdout)).toMatchObject({ type: 'diagnostic', code: 'wrong-type' });
});

test.each([
  ['quality', 'error: quality is no train stage: only trainings have checkpoints\n'],
  ['trian', 'error: there is no stage trian in this plan\n  help: did you mean train?\n'],
])('says what is wrong with %s in place of a training', async (cell, message) => {
  const { code, stderr } = await verify(cell);
  expect(stderr).toBe(message);
  expect(code).toBe(2);
});

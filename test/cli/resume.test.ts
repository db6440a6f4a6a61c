import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { historyOf, readRun, runIdsIn } from '../../src/tracking/history.js';
import { newProject, pipelineNamed, type Project } from './support.js';

const pipeline = pipelineNamed('long', 300);

let project: Project;
beforeEach(async () => {
  project = await newProject({ 'long.yaml': pipeline });
});
afterEach(() => project.remove());

/** Begins a run and stops it in the midst of its training. */
async function interruptedRun(): Promise<void> {
  const begun = await project.wassermill(['run', 'long.yaml', '--backend', 'cpu', '--json', '-S', 'seed=5'], {
    onOutput: (text, kill) => {
      if (text.includes('"step":40,')) kill('SIGINT');
    },
  });
  expect(begun.code, begun.stderr).toBe(130);
}

async function latest() {
  const runs = join(project.folder, 'runs');
  const names = await runIdsIn(runs);
  const record = await readRun(join(historyOf(runs), names.at(-1) ?? ''));
  return { names, record };
}

test('an interrupted run goes on where it was, also when its file is gone', async () => {
  await interruptedRun();
  const [begun] = (await latest()).names;
  await rm(join(project.folder, 'long.yaml'));
  const resumed = await project.wassermill(['resume']);
  expect(resumed.code, resumed.stderr).toBe(0);
  const { names, record } = await latest();
  expect(names).toHaveLength(2);
  const training = record?.stages.find(({ stage }) => stage.id === 'train');
  expect(training?.notes.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Resumed at generator step \d+ of 300\.$/),
  ]);
  // The whole history, each step once.
  expect(training?.metrics.map(({ step }) => step)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  expect(training?.images.map(({ step }) => step)).toEqual(Array.from({ length: 101 }, (_, i) => 3 * i));
  expect(record?.start.provenance.lock?.file).toBe(`runs/history/${begun}/plan.lock`);

  const again = await project.wassermill(['resume']);
  expect(again.stderr).toMatch(/^error: \S+ succeeded: there is nothing to go on with\n/);
  expect(again.code).toBe(2);
});

test('a run that was killed while it made its folder is passed over', async () => {
  await interruptedRun();
  const [begun = ''] = (await latest()).names;
  const history = historyOf(join(project.folder, 'runs'));
  const stillborn = begun.replace(/^\d{4}/, '2999');
  await mkdir(join(history, stillborn));
  for (const file of ['plan.json', 'plan.lock']) {
    await writeFile(join(history, stillborn, file), await readFile(join(history, begun, file)));
    const resumed = await project.wassermill(['resume', stillborn]);
    expect([resumed.code, resumed.stderr]).toEqual([
      1,
      expect.stringContaining('was killed before it began'),
    ]);
  }
  const resumed = await project.wassermill(['resume']);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stdout).toContain('Resumed at generator step');
});

test('is refused, with the difference, where the file has changed', async () => {
  await interruptedRun();
  const [begun] = (await latest()).names;
  await project.write('long.yaml', pipeline.replace('lr: 1e-3', 'lr: 2e-3'));
  const { code, stderr } = await project.wassermill(['resume']);
  expect(stderr).toContain(
    'error: `stages.train.optimizer.generator.lr` is `0.002`, and was `0.001` when the plan was frozen [plan-changed]\n',
  );
  expect(stderr).toContain(
    `\`wassermill run --plan runs/history/${begun}/plan.lock\` goes on with what it was`,
  );
  expect(code).toBe(2);
  expect((await latest()).names).toEqual([begun]);
});

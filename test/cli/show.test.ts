import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { newProject, pipelineNamed, steady, tinyPipeline, type Project } from './support.js';

let project: Project;
beforeAll(async () => {
  project = await newProject({
    'tiny.yaml': tinyPipeline,
    'long.yaml': pipelineNamed('long', 3_000_000).replace('generator_steps: 3}', 'generator_steps: 100000}'),
  });
});
afterAll(() => project.remove());

const cpu = ['--backend', 'cpu'];

async function show(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await project.wassermill(['show', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

test('without a run there is nothing to show', async () => {
  expect(await project.wassermill(['show'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: there are no runs in runs\n',
  });
});

test('a run is shown with its stages, numbers, provenance and places', async () => {
  expect((await project.wassermill(['run', 'tiny.yaml', ...cpu])).code).toBe(0);
  const text = await show();
  expect(steady(text)).toMatch(
    new RegExp(`^tiny {2}RUN

Succeeded in TIME: 3 stages

✓ dataset:ring {2}TIME
✓ train {2}TIME {2}wasserstein_estimate \\S+
✓ quality {2}TIME {2}swd \\S+

 +untrained +trained
 {2}quality\\.swd +\\S+ +\\S+ +(better|worse)
 {2}train\\.wasserstein_estimate +\\S+.*

Wassermill {2}0\\.1\\.0
Node\\.js {2}\\S+
TensorFlow {2}\\S+
Backend {2}cpu
Processor {2}.*
Git {2}not in a repository
Started {2}.* UTC by \\S+
Pipeline file {2}tiny\\.yaml

Report {2}runs/history/RUN/report\\.html
Log {2}runs/history/RUN/log\\.jsonl
MLflow {2}cd runs/mlflow && mlflow ui {2}# http://127\\.0\\.0\\.1:5000/#/experiments/1/runs/ID\\?\\S+
$`),
  );
});

test('as JSON it is one object', async () => {
  const text = await show('--json');
  expect(text).toMatch(/^\{[^\n]+\}\n$/);
  const run = JSON.parse(text) as Record<string, unknown>;
  expect(run).toMatchObject({
    pipeline: 'tiny',
    desc: null,
    outcome: 'succeeded',
    provenance: { backend: 'cpu', git: null, pipelineFile: 'tiny.yaml' },
    axes: {},
    stages: [
      { id: 'dataset:ring', state: 'succeeded', cached: false, results: [] },
      { id: 'train', results: [{ metric: 'wasserstein_estimate', step: 6, better: 'lower' }] },
      { id: 'quality', results: [{ metric: 'swd', step: 6, before: { kind: 'untrained', step: 0 } }] },
    ],
  });
  const { report, started, ended, seconds } = run as Record<string, string>;
  expect(await readFile(report ?? '', 'utf8')).toContain('<html');
  expect((Date.parse(ended ?? '') - Date.parse(started ?? '')) / 1000).toBeCloseTo(Number(seconds), 6);
  expect(await show(String(run['run']), '--json')).toBe(text);
});

test('a run under way is shown as far as it has come, and a killed one as it ended', async () => {
  let underWay: Promise<string> | undefined;
  await project.wassermill(['run', 'long.yaml', ...cpu], {
    onOutput: (text, kill) => {
      if (!text.includes('train: started')) return;
      underWay = show().finally(() => kill('SIGKILL'));
    },
  });
  const during = steady((await underWay) ?? '');
  expect(during).toContain('\nUnder way: 1 of 3 stages done');
  expect(during).toContain('▸ train  under way for TIME\n– quality  waiting\n');
  expect(during).toContain('Report  not written: wassermill report\n');
  expect(during).not.toContain('MLflow');

  const after = await show();
  expect(steady(after)).toContain('✗ train  cut short: the run’s process died\n– quality  not run\n');
  expect(after).toContain('\nInterrupted after ');
  expect(Math.max(...after.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(JSON.parse(await show('--json'))).toMatchObject({
    outcome: 'interrupted',
    report: null,
    mlflow: [],
    stages: [{ state: 'succeeded' }, { state: 'running' }, { state: 'pending' }],
  });
});

test('a name that is none is refused with the one that is near', async () => {
  const { run } = JSON.parse(await show('--json')) as { run: string };
  const typo = run.replace('Z', 'z');
  const near = await project.wassermill(['show', `${typo}x`]);
  expect(near).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: there is no run ${typo}x in runs\n  help: did you mean ${run}?\n`,
  });
  const far = await project.wassermill(['show', 'latest']);
  expect(far.stderr).toBe(`error: there is no run latest in runs\n  help: the latest is ${run}\n`);
});

test('an empty journal is told of', async () => {
  const folder = 'runs/history/99991231T000000Z-0000';
  await mkdir(join(project.folder, folder));
  await writeFile(join(project.folder, folder, 'journal.jsonl'), '');
  expect(await project.wassermill(['show'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: the journal of 99991231T000000Z-0000 is empty: it was killed before it began\n',
  });
});

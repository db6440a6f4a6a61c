import { readdir } from 'node:fs/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import type { StageGraph } from '../../src/plan/stage-graph.js';
import { newProject, tinyPipeline, type Project } from './support.js';

const digits = tinyPipeline
  .replace(
    /ring: \{.*/,
    'digits: {type: idx, images: nowhere.gz, resize: 8, splits: {train: 400, test: 100}}',
  )
  .replaceAll('ring.', 'digits.');
const sweep = `extends: ./digits.yaml
name: sweep
seeds: [0, 1]
matrix: {axes: {clip: [0.1, 0.2]}}
stages:
  train: {clip: '\${matrix.clip}'}
  picture: {type: sample, model: train, count: 4, needs: [quality]}
`;

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'digits.yaml': digits, 'sweep.yaml': sweep });
});
afterAll(() => project.remove());

async function dag(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await project.wassermill(['dag', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

test('says what each stage reads, without its data, and leaves no trace', async () => {
  const before = await readdir(project.folder);
  expect(await dag('digits.yaml')).toBe(`tiny: 3 stages

dataset:digits  dataset
train           train
  dataset       ← dataset:digits, split train
quality         evaluate
  model         ← train
  reference     ← dataset:digits, split test
`);
  expect(await readdir(project.folder)).toEqual(before);
});

test('a sweep is no longer than its file, and has a node a cell where that is wanted', async () => {
  expect(await dag('sweep.yaml')).toContain(`sweep: 4 stages with 13 cells

dataset:digits  dataset
train           train, 4 cells (clip, seed)
`);
  const cells = await dag('sweep.yaml', '--cells');
  expect(cells).toContain('sweep: 13 stages\n');
  expect(cells).toContain(`picture@clip=0.2,seed=1  sample
  model                  ← train@clip=0.2,seed=1
  needs                  ← quality@clip=0.2,seed=1
`);
  expect(Math.max(...cells.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('as JSON, nodes and edges are whole', async () => {
  const stages = JSON.parse(await dag('sweep.yaml', '--format', 'json')) as StageGraph;
  expect(stages.nodes[1]).toEqual({
    id: 'train',
    kind: 'train',
    cells: 4,
    axes: { seed: [0, 1], clip: [0.1, 0.2] },
  });
  expect(stages.edges).toEqual([
    { from: 'dataset:digits', to: 'train', role: 'dataset', split: 'train' },
    { from: 'train', to: 'quality', role: 'model' },
    { from: 'dataset:digits', to: 'quality', role: 'reference', split: 'test' },
    { from: 'train', to: 'picture', role: 'model' },
    { from: 'quality', to: 'picture', role: 'needs' },
  ]);
  const all = JSON.parse(await dag('sweep.yaml', '--format', 'json', '--cells')) as StageGraph;
  expect([all.nodes.length, all.edges.length]).toEqual([13, 4 * stages.edges.length]);
});

test.each([
  ['dot', /^digraph "sweep" \{\n[^]*\n\}\n$/],
  ['mermaid', /^flowchart LR\n/],
])('draws for %s', async (format, form) => {
  expect(await dag('sweep.yaml', '--format', format)).toMatch(form);
});

test('-S changes what is drawn, and mistakes are told as everywhere', async () => {
  expect(await dag('digits.yaml', '-S', '~stages.quality')).toContain('tiny: 2 stages\n');
  const { code, stdout, stderr } = await project.wassermill(['dag', 'digits.yaml', '-S', '~stages.qality']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('did you mean');
});

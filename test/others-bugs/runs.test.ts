import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { runEventOf } from '../../src/execute/event-lines.js';
import { recordOf } from '../../src/execute/record.js';
import { newProject, tinyPipeline, type Project } from '../cli/support.js';
import { start } from '../crash/faults.js';
import { unhealedIn } from '../crash/state.js';
import { idxFile } from '../stages/dataset-rig.js';

const cpu = ['--backend', 'cpu'];

interface Bench extends Project {
  /** Lines that commands have added to the file `ran` since the last question, in any order. */
  readonly ran: () => Promise<readonly string[]>;
}

async function bench(files: Readonly<Record<string, string>>): Promise<Bench> {
  const project = await newProject(files);
  onTestFinished(project.remove);
  let told = 0;
  return {
    ...project,
    ran: async () => {
      const file = join(project.folder, 'ran');
      const all = existsSync(file) ? (await readFile(file, 'utf8')).split('\n').slice(0, -1) : [];
      return all.slice(told, (told = all.length)).sort();
    },
  };
}

const commandsOnly = (stages: string, more = '') =>
  `version: 1\nname: commands\n${more}datasets: {}\narchitectures: {}\nstages:\n${stages}`;

test('what a power loss leaves holds nobody up, whoever has its process number now', async () => {
  const slow = `  slow: {type: command, run: 'echo slow >> ran; test -e quick || sleep 60; echo > $WASSERMILL_OUT/made'}\n`;
  const { folder, write, ran } = await bench({ 'pipeline.yaml': commandsOnly(slow) });
  const runs = join(folder, 'runs');
  const cut = start(folder, ['run', 'pipeline.yaml', ...cpu]);
  await vi.waitUntil(() => existsSync(join(folder, 'ran')), { timeout: 20_000 });
  process.kill(cut.pid, 'SIGKILL');
  await cut.ended;
  // As after the boot that follows: another boot, in which the number of the process is that of this one, which lives.
  const left: string[] = [];
  for (const path of (await readdir(runs, { recursive: true })).toReversed()) {
    const [host, , namespace, pid, ...rest] = basename(path).split(',');
    if (pid !== String(cut.pid)) continue;
    const name = [host, '5c5c5c5c-0000-4000-8000-000000000000', namespace, process.pid, ...rest].join(',');
    await rename(join(runs, path), join(runs, dirname(path), name));
    left.push(dirname(path).replace(/[0-9a-f]{64}|\d{8}T\d{6}Z-[0-9a-f]{4}/, '*'));
  }
  expect(left.sort()).toEqual(['history/*/running', 'store/drafts', 'store/locks/*']);
  await ran();

  await write('quick', '');
  const again = await start(folder, ['run', 'pipeline.yaml', ...cpu]).ended;
  expect(again.code).toBe(0);
  expect(again.stdout).not.toContain('waits for');
  expect(await ran()).toEqual(['slow']);
  expect(await unhealedIn(runs)).toEqual([]);
});

test('a run is of the file as it was when it began', async () => {
  const stages = `  first: {type: command, run: 'echo first >> ran; until test -e go; do sleep 0.05; done'}
  second: {type: command, run: 'echo old >> ran; echo old > $WASSERMILL_OUT/word', needs: [first]}
`;
  const { folder, write, ran, wassermill } = await bench({
    'base.yaml': commandsOnly(stages),
    'main.yaml': 'extends: base.yaml\nname: main\n',
  });
  const running = wassermill(['run', 'main.yaml', ...cpu]);
  await vi.waitUntil(() => existsSync(join(folder, 'ran')), { timeout: 20_000 });
  await write('base.yaml', commandsOnly(stages.replaceAll('old', 'new')));
  await write('main.yaml', 'extends: base.yaml\nname: other\n');
  await write('go', '');
  expect((await running).code).toBe(0);
  expect(await ran()).toEqual(['first', 'old']);
  const [run = ''] = await readdir(join(folder, 'runs/history'));
  const record = await readFile(join(folder, 'runs/history', run, 'resolved.yaml'), 'utf8');
  expect(record).toContain('echo old');
  expect(record).toContain('name: main');

  expect((await wassermill(['run', 'main.yaml', ...cpu])).code).toBe(0);
  expect(await ran()).toEqual(['new']);
});

test('a parameter that is removed runs its stage again, unless it said the default', async () => {
  const said = tinyPipeline
    .replace('lr: 1e-3}', 'lr: 1e-3, rho: 0.9}')
    .replace('    batch_size: 16\n', '    batch_size: 16\n    resources: {threads: 2}\n');
  const { write, wassermill } = await bench({ 'tiny.yaml': said });
  expect((await wassermill(['run', 'tiny.yaml', ...cpu])).code).toBe(0);
  await write('tiny.yaml', said.replace('    resources: {threads: 2}\n', ''));
  expect((await wassermill(['run', 'tiny.yaml', ...cpu])).stdout).toContain('3 stages, 3 from the cache');

  await write('tiny.yaml', said.replace(', rho: 0.9', ''));
  const planned = await wassermill(['plan', 'tiny.yaml', ...cpu]);
  expect(planned.stdout).toMatch(/^ {2}train +run: optimizer.*rho.* 0\.9 -> 0\.99/m);
  const { code, stdout } = await wassermill(['run', 'tiny.yaml', ...cpu]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^• dataset:ring +cached$/m);
  expect(stdout).toMatch(/^✓ train /m);
  expect(stdout).toMatch(/^✓ quality /m);
});

test('an artifact of which anything was deleted is made again, and the plan says so', async () => {
  const stages = `  made: {type: command, run: 'echo made >> ran; echo text > $WASSERMILL_OUT/text'}
  read: {type: command, run: 'echo read >> ran; cat $WASSERMILL_IN_IT/text', inputs: {it: made}}
`;
  const { folder, ran, wassermill } = await bench({ 'pipeline.yaml': commandsOnly(stages) });
  expect((await wassermill(['run', 'pipeline.yaml', ...cpu])).code).toBe(0);
  expect(await ran()).toEqual(['made', 'read']);
  const store = join(folder, 'runs/store');
  const file = (await readdir(store, { recursive: true })).find((path) => path.endsWith('/text')) ?? '';
  const artifact = dirname(join(store, file));
  for (const path of ['text', 'artifact.json', 'events.jsonl', '.']) {
    await rm(join(artifact, path), { recursive: true });
    const planned = await wassermill(['plan', 'pipeline.yaml', ...cpu]);
    expect(planned.stdout, path).toMatch(/^ {2}made +run: (damaged|its artifact is gone)/m);
    expect((await wassermill(['run', 'pipeline.yaml', ...cpu])).code).toBe(0);
    // Its key is the same, and so is what the reader would read.
    expect(await ran(), path).toEqual(['made']);
    expect(await readFile(join(artifact, 'text'), 'utf8')).toBe('text\n');
  }
});

test('after one failed cell only that cell runs, and in another grid only what is new', async () => {
  const cell = `  cell: {type: command, run: [sh, -c, 'echo \${matrix.x} >> ran; test \${matrix.x} != 2 || test -e mended']}\n`;
  const grid = (axis: string) => commandsOnly(cell, `matrix: {axes: {x: ${axis}}}\n`);
  const { write, ran, wassermill } = await bench({ 'sweep.yaml': grid('[1, 2, 3]') });
  const run = () => wassermill(['run', 'sweep.yaml', ...cpu]);
  const failed = await run();
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(/^✗ cell@x=2 +ended with exit code 1/m);
  expect(await ran()).toEqual(['1', '2', '3']);
  expect((await run()).code).toBe(1);
  expect(await ran()).toEqual(['2']);
  await write('mended', '');
  expect((await run()).code).toBe(0);
  expect(await ran()).toEqual(['2']);
  await write('sweep.yaml', grid('[4, 3, 2]'));
  expect((await run()).code).toBe(0);
  expect(await ran()).toEqual(['4']);
});

test('a dataset at two resolutions is two references, each of its own samples', async () => {
  const at = (sizes: string) => `version: 1
name: sizes
matrix: {axes: {size: ${sizes}}}
datasets:
  squares:
    {type: idx, images: squares, labels: corners, resize: '\${matrix.size}', splits: {train: 150, test: 150}}
architectures:
  generator: {type: mlp_generator, z_dim: 2, hidden: [2]}
  critic: {type: mlp_critic, hidden: [2]}
stages:
  train:
    type: train
    dataset: squares.train
    generator: generator
    critic: critic
    objective: wasserstein
    critic_iterations: 1
    clip: 0.1
    optimizer: {type: rmsprop, lr: 1e-3}
    batch_size: 8
    budget: {generator_steps: 1}
  quality:
    type: evaluate
    model: train
    reference: squares.test
    samples: 150
    extractor: features
    metrics: {swd: {type: sliced_wasserstein, projections: 4}, fid: {type: fid}}
  features: {type: classifier, dataset: squares.train, budget: {steps: 3}, batch_size: 16}
`;
  const { folder, write, wassermill } = await bench({ 'sizes.yaml': at('[8, 16]'), 'one.yaml': at('[16]') });
  const pixels = Uint8Array.from({ length: 300 * 16 * 16 }, (_, index) => (index * index) % 251);
  await writeFile(join(folder, 'squares'), idxFile([300, 16, 16], pixels));
  const labels = Uint8Array.from({ length: 300 }, (_, index) => index % 3);
  await writeFile(join(folder, 'corners'), idxFile([300], labels));
  await mkdir(join(folder, 'alone'));
  const valuesOf = async (file: string, ...flags: readonly string[]) => {
    const { code, stdout, stderr } = await wassermill(['run', file, '--json', ...flags, ...cpu]);
    expect(code, stdout + stderr).toBe(0);
    const { stages } = recordOf(stdout.trim().split('\n').map(runEventOf));
    return stages
      .filter(({ stage }) => stage.id.startsWith('quality'))
      .map(({ metrics }) => metrics.map(({ values }) => values));
  };
  const [small, large] = await valuesOf('sizes.yaml');
  expect(small?.[0]?.['swd']).toBeGreaterThan(0);
  expect(small).not.toEqual(large);
  // What is kept of one is no help to the other, in whatever order they come.
  expect(await valuesOf('one.yaml', '--runs', 'alone')).toEqual([large]);
  await write('sizes.yaml', at('[16, 8]'));
  expect(await valuesOf('sizes.yaml', '--runs', 'alone')).toEqual([large, small]);
});

test('cells whose names would collide are refused, where they are written', async () => {
  const cell = `  cell: {type: command, run: [echo, '\${matrix.x}', '\${matrix.y}']}\n`;
  const axes = `matrix: {axes: {x: [1, '1', 1e-4, 0.0001, '2,y=3'], y: [3, 4]}}\n`;
  const { folder, wassermill } = await bench({ 'sweep.yaml': commandsOnly(cell, axes) });
  const { code, stdout } = await wassermill(['validate', 'sweep.yaml', '--format', 'json']);
  expect(code).toBe(2);
  const problems = JSON.parse(stdout) as readonly Record<string, unknown>[];
  expect(problems.map((problem) => [problem['code'], problem['line'], problem['column']])).toEqual([
    ['duplicate-cell', 3, 24],
    ['duplicate-cell', 3, 35],
    ['axis-value', 3, 43],
  ]);
  expect((await wassermill(['run', 'sweep.yaml', ...cpu])).code).toBe(2);
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});

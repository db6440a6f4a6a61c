import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { newProject, tinyPipeline, type Project } from './support.js';

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'package.json': '{}', 'tiny.yaml': tinyPipeline });
});
afterAll(() => project.remove());

async function diff(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  for (const [name, text] of Object.entries(files)) await project.write(name, text);
  return project.wassermill(['diff', ...args]);
}

const over = (text: string) => `extends: tiny.yaml\n${text}`;

describe('wassermill diff', () => {
  test('shows fields with their places, the stages that they touch, and what has no effect', async () => {
    const text = over(`name: other
stages:
  train: {clip: [-0.1, 0.1], critic_iterations: 3, desc: Longer.}
  quality: {needs: [picture]}
  picture: {type: sample, model: train, count: 4}
`);
    const { code, stdout, stderr } = await diff({ 'new.yaml': text }, 'tiny.yaml', 'new.yaml');
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toBe(`- tiny.yaml
+ new.yaml

Fields
  ~ stages.train.critic_iterations.count: 2 → 3
      tiny.yaml:15 → new.yaml:4
  + stages.picture: {type: sample, model: train, count: 4, cache: true, retries…
      new.yaml:6

Stages
  ~ train
  > quality, through train
  + picture

No effect on results
  ~ name: tiny → other
      tiny.yaml:2 → new.yaml:2
  + stages.train.desc: Longer.
      new.yaml:4
  + stages.quality.needs: [picture]
      new.yaml:5

Stages: 1 changed, 1 through inputs, 1 new, 1 equal
`);
  });

  test('takes the long form, other orders and other names for the same', async () => {
    const text = tinyPipeline
      .replaceAll('ring', 'circle')
      .replace('layout: circle, modes: 8', 'modes: 8, layout: ring')
      .replace('clip: 0.1', 'lipschitz: {type: clip, range: [-0.1, 0.1]} # as before');
    const { code, stdout } = await diff({ 'same.yaml': text }, 'tiny.yaml', 'same.yaml');
    expect(code).toBe(0);
    expect(stdout).not.toContain('lipschitz');
    expect(stdout).toMatch(/\n {2}~ stages\.train\.dataset: ring\.train → circle\.train\n/);
    expect(stdout).toMatch(/\n\nThe same results, with the same data and code\n$/);
    expect((await diff({}, 'tiny.yaml', 'tiny.yaml')).stdout).toBe(
      '- tiny.yaml\n+ tiny.yaml\n\nThe same results, with the same data and code\n',
    );
  });

  test('compares axes, and one variant of each, in 80 columns', async () => {
    const old = over('seeds: [0, 1, 2]\nablation: {arms: {wide: {architectures.critic.hidden: [16]}}}\n');
    const now = old.replace('[0, 1, 2]', '[1, 2, 3]').replace('[16]', '[32]');
    const { code, stdout } = await diff({ 'old.yaml': old, 'new.yaml': now }, 'old.yaml', 'new.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('\nAxes\n  ~ seed\n      - 0\n      + 3\n');
    expect(stdout).toContain('\nFields of arm=base,seed=0 → arm=base,seed=1\n');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);

    const one = await diff({}, 'old.yaml', 'new.yaml', '--variant', 'arm=wide,seed=2', '--json');
    expect(one.code).toBe(1);
    expect(JSON.parse(one.stdout)).toMatchObject({
      type: 'diff',
      equal: false,
      old: { name: 'old.yaml', variant: { arm: 'wide', seed: 2 } },
      axes: [{ axis: 'seed', change: 'changed', removed: [0], added: [3] }],
      fields: [
        {
          path: ['architectures', 'critic', 'hidden'],
          old: [16],
          new: [32],
          oldPlace: 'old.yaml:3',
          newPlace: 'new.yaml:3',
          hasEffect: true,
        },
      ],
    });
    expect(await diff({}, 'old.yaml', 'new.yaml', '--variant', 'arm=none')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `error: old.yaml: there is no variant arm=none; they are named like arm=base,seed=0
error: new.yaml: there is no variant arm=none; they are named like arm=base,seed=1
`,
    });
  });

  test('needs neither data nor the variables that say where they lie', async () => {
    const digits = (place: string) =>
      tinyPipeline
        .replace(
          /ring: \{.*/,
          `digits: {type: idx, images: '${place}', resize: 8, splits: {train: 400, test: 100}}`,
        )
        .replaceAll('ring.', 'digits.');
    const files = { 'old.yaml': digits('${env:DIGITS}/a.gz'), 'new.yaml': digits('${env:DIGITS}/b.gz') };
    const { code, stdout } = await diff(files, 'old.yaml', 'new.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('  ~ datasets.digits.images: "${env:DIGITS}/a.gz" → "${env:DIGITS}/b.gz"\n');
    expect(stdout).toContain('  ~ dataset:digits\n  > train, through dataset:digits\n');
  });

  test('tells the mistakes of both sides', async () => {
    const { code, stdout, stderr } = await diff(
      { 'wrong.yaml': over('nam: x\n') },
      'wrong.yaml',
      'none.yaml',
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('wrong.yaml:2:1: error: `nam` is not a key');
    expect(stderr).toContain('error: there is no file none.yaml');
  });
});

describe('runs', () => {
  test('are compared by their records', async () => {
    await project.write('sweep.yaml', over('remove: [stages.quality]\n'));
    const run = (...args: string[]) => project.wassermill(['run', 'sweep.yaml', '--backend', 'cpu', ...args]);
    expect((await run('-S', 'stages.train.budget.generator_steps=3,4')).code).toBe(0);
    const [name = ''] = await readdir(join(project.folder, 'runs/history'));
    expect((await diff({}, name, name)).code).toBe(0);
    const { code, stdout } = await diff({}, name, 'sweep.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('Axes\n  - generator_steps: 3, 4\n');
    expect(stdout).toContain(
      'Fields of the first variant → the only variant\n  ~ stages.train.budget.generator_steps: 3 → 6\n      tiny.yaml:19\n',
    );
    expect(stdout).toContain('  + train\n');

    const plan = join('runs/history', name, 'plan.json');
    await project.write(plan, '{"stages": [{"id": 1}]}');
    expect(await diff({}, name, 'sweep.yaml')).toMatchObject({ code: 2, stdout: '' });
    const near = await diff({}, `${name.slice(0, -1)}g`, 'sweep.yaml');
    expect(near).toMatchObject({ code: 2, stdout: '' });
    expect(near.stderr).toContain(`in runs\n  help: did you mean ${name}?\n`);
  });
});

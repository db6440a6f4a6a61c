import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { extendedFiles } from '../../src/cli/extended-files.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import type { PipelineSpec } from '../../src/spec/pipeline.js';
import { basePipeline } from './base-pipeline.js';
import { inMemory, resolveText, sourceOf } from './support.js';

/** The specification of `main`, which may extend `base.yaml` and the other files beside it. */
function specOf(main: string, others: Readonly<Record<string, string>> = {}): PipelineSpec {
  const files = Object.entries({ 'base.yaml': basePipeline, ...others });
  const beside = Object.fromEntries(files.map(([name, text]) => [`/project/pipelines/${name}`, text]));
  const resolved = resolveText(sourceOf(main), {}, inMemory(beside));
  if (!resolved.ok) throw new Error(renderDiagnostics(resolved.error));
  return required(resolved.value.experiments[0], 'experiment').spec;
}

const trainOf = (spec: PipelineSpec, name = 'train'): object => required(spec.stages[name], name);
const base = specOf('extends: base.yaml');

describe('a file that extends another', () => {
  it('may be one of many on the way to a file, which is then read and merged once', () => {
    const next = (at: number) => [`${at}.yaml`, `extends: [${at + 1}.yaml, ${at + 1}.yaml]\n`] as const;
    const ladder = Object.fromEntries(Array.from({ length: 60 }, (_, at) => next(at)));
    expect(specOf('extends: 0.yaml', { ...ladder, '60.yaml': basePipeline })).toEqual(base);
  });

  it('is that file where it says nothing else', () => {
    expect(base).toEqual(specOf(basePipeline));
  });

  it('merges maps; lists and scalars replace', () => {
    const spec = specOf(`extends: ./base.yaml
name: wider
architectures: {critic: {hidden: [128]}}
stages: {train: {batch_size: 32}, quality: {metrics: {modes: {type: modes_covered}}}}`);
    expect(spec.name).toBe('wider');
    expect(spec.architectures['critic']).toEqual({ ...base.architectures['critic'], hidden: [128] });
    expect(trainOf(spec)).toEqual({ ...trainOf(base), batch_size: 32 });
    expect(trainOf(spec, 'quality')).toEqual({
      ...trainOf(base, 'quality'),
      metrics: { swd: { type: 'sliced_wasserstein', projections: 128 }, modes: { type: 'modes_covered' } },
    });
  });

  it('replaces a map whole when its type changes', () => {
    const changes =
      'stages: {train: {optimizer: {type: adam, lr: 1e-4, beta1: 0}, lipschitz: {type: none}, objective: minimax}}';
    const spec = specOf(`extends: base.yaml\n${changes}`, {
      'base.yaml': basePipeline.replace('lr: 1e-3', 'lr: 1e-3, rho: 0.5'),
    });
    const adam = { type: 'adam', lr: 1e-4, beta1: 0, beta2: 0.999, epsilon: 1e-8 };
    expect(trainOf(spec)).toMatchObject({ optimizer: { generator: adam, critic: adam } });
    expect(JSON.stringify(trainOf(spec))).not.toMatch(/rho|range/);
  });

  it('replaces a quantity whole when its unit changes', () => {
    const spec = specOf('extends: base.yaml\nstages: {train: {budget: {epochs: 2}}}');
    expect(trainOf(spec)).toEqual({ ...trainOf(base), budget: { epochs: 2 } });
  });

  it.each([
    ['stages: {train: {clip: 0.5}}', { lipschitz: { type: 'clip', range: [-0.5, 0.5], when: 'after_step' } }],
    ['stages: {train: {lipschitz: {range: [-2, 1]}}}', { lipschitz: { type: 'clip', range: [-2, 1] } }],
    ['stages: {train: {optimizer: {lr: 7}}}', { optimizer: { generator: { lr: 7 }, critic: { lr: 7 } } }],
    [
      'stages: {train: {optimizer: {critic: {lr: 7}}}}',
      { optimizer: { generator: { lr: 1e-3 }, critic: { type: 'rmsprop', lr: 7 } } },
    ],
    ['stages: {train: {objective: {type: wasserstein}}}', { objective: { type: 'wasserstein' } }],
  ])('lets a shorthand meet a long form, in a stage without a type of its own: %s', (changes, expected) => {
    expect(trainOf(specOf(`extends: base.yaml\n${changes}`))).toMatchObject(expected);
  });

  it('takes its bases left to right, each with what it extends, and itself last', () => {
    const spec = specOf('extends: [a.yaml, b.yaml]\nname: main', {
      'a.yaml': 'extends: base.yaml\nname: a\nseed: 1\nstages: {train: {batch_size: 1}}',
      'b.yaml': 'name: b\nstages: {train: {batch_size: 2}}',
    });
    expect(spec).toMatchObject({ name: 'main', seed: 1, stages: { train: { batch_size: 2 } } });
  });

  it('may meet a file twice', () => {
    const spec = specOf('extends: [a.yaml, b.yaml]', {
      'a.yaml': 'extends: base.yaml\nseed: 1',
      'b.yaml': 'extends: base.yaml\nname: b',
    });
    expect(spec).toMatchObject({ name: 'b', seed: 1 });
  });

  it('takes out what `remove` names, shorthands included', () => {
    const spec = specOf(`extends: base.yaml
remove: [stages.quality, stages.train.clip, stages.train.optimizer.lr, 'architectures.critic.hidden[0]']
stages:
  train: {objective: minimax, optimizer: {lr: 5}}`);
    expect(Object.keys(spec.stages)).toEqual(['train']);
    expect(trainOf(spec)).toMatchObject({ lipschitz: { type: 'none' }, optimizer: { critic: { lr: 5 } } });
    expect(spec.architectures['critic']).toMatchObject({ hidden: [64] });
  });

  it('counts each path from the file that wrote it', () => {
    const digits = (images: string) => `extends: ../base.yaml
vars: {root: ../data}
datasets: {mnist: {type: idx, images: '${images}', splits: {train: 200}}}
stages: {train: {dataset: mnist.train}, quality: {reference: mnist.train}}`;
    const imagesOf = (images: string, main: string) => {
      const { datasets } = specOf(`extends: shared/digits.yaml\n${main}`, {
        'shared/digits.yaml': digits(images),
      });
      return datasets['mnist']?.type === 'idx' ? datasets['mnist'].images : undefined;
    };
    expect(imagesOf('../i.gz', '')).toBe('/project/pipelines/i.gz');
    expect(imagesOf('${vars.root}/i.gz', '')).toBe('/project/pipelines/data/i.gz');
    expect(imagesOf('${vars.root}/i.gz', 'vars: {root: mine}')).toBe('/project/pipelines/mine/i.gz');
    expect(imagesOf('${vars.root}', 'vars: {root: mine.gz}')).toBe('/project/pipelines/mine.gz');
    expect(imagesOf('a/${vars.root}', 'vars: {root: mine.gz}')).toBe('/project/pipelines/shared/a/mine.gz');
  });
});

describe('a block that extends another', () => {
  it('is that block, and what it says itself', () => {
    const { stages } = specOf(`extends: base.yaml
stages:
  gan: {extends: stages.train, objective: minimax, lipschitz: {type: none}, critic_iterations: 1}
  gan_quality: {extends: stages.quality, model: gan}`);
    expect(stages['gan']).toEqual({
      ...base.stages['train'],
      objective: { type: 'minimax' },
      lipschitz: { type: 'none' },
      critic_iterations: { type: 'constant', count: 1 },
    });
    expect(stages['gan_quality']).toEqual({ ...base.stages['quality'], model: 'gan' });
  });

  it('may be a dataset or an architecture, extend several, and remove', () => {
    const spec = specOf(`extends: base.yaml
datasets: {grid: {extends: datasets.ring, layout: grid, modes: 25, remove: [splits.test]}}
architectures: {deep: {extends: [architectures.critic, architectures.wide]}, wide: {hidden: [9], norm: batch, type: mlp_critic}}
stages: {again: {extends: stages.train, dataset: grid.train, critic: deep, remove: [clip], clip: 1}}`);
    expect(spec.datasets['grid']).toMatchObject({ layout: 'grid', modes: 25, splits: { train: 50000 } });
    expect(spec.datasets['grid']?.splits).not.toHaveProperty('test');
    expect(spec.architectures['deep']).toEqual({
      ...base.architectures['critic'],
      hidden: [9],
      norm: 'batch',
    });
    expect(spec.stages['again']).toMatchObject({ lipschitz: { range: [-1, 1] } });
  });

  it('sees what a file lays over the block that it extends', () => {
    const spec = specOf('extends: pair.yaml\nstages: {train: {batch_size: 8}}', {
      'pair.yaml':
        'extends: base.yaml\nstages: {gan: {extends: stages.train, objective: minimax, remove: [clip]}}',
    });
    expect(spec.stages['gan']).toMatchObject({ batch_size: 8, lipschitz: { type: 'none' } });
  });
});

describe('extended files on disk', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'wassermill-extends-'));
  const project = path.join(folder, 'project');
  const main = path.join(project, 'pipelines', 'main.yaml');
  const read = (name: string) => extendedFiles(main, project)(path.join(project, name));

  beforeAll(() => {
    mkdirSync(path.dirname(main), { recursive: true });
    writeFileSync(path.join(project, 'package.json'), '{}');
    writeFileSync(path.join(project, 'base.yaml'), 'version: 1');
    writeFileSync(path.join(project, 'large.yaml'), ' '.repeat(2 ** 20 + 1));
    writeFileSync(path.join(project, 'latin.yaml'), Buffer.from([0xe9]));
    writeFileSync(path.join(folder, 'secret.yaml'), 'version: 1');
    symlinkSync(path.join(folder, 'secret.yaml'), path.join(project, 'link.yaml'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read anywhere in the project, and named from the working directory', () => {
    expect(read('base.yaml')).toEqual({
      ok: true,
      value: { name: 'base.yaml', path: path.join(project, 'base.yaml'), text: 'version: 1' },
    });
  });

  it.each([
    ['outside of it, there or not', '../secret.yaml', { reason: 'outside', project }],
    ['outside of it, there or not', '../nothing.yaml', { reason: 'outside', project }],
    ['outside of it through a link', 'link.yaml', { reason: 'outside', project }],
    ['not there', 'bass.yaml', { reason: 'missing', near: 'base.yaml' }],
    ['folders', 'pipelines', { reason: 'unreadable', detail: 'is not a file' }],
    ['too large', 'large.yaml', { reason: 'unreadable', detail: 'is larger than 1 MiB' }],
    ['not UTF-8', 'latin.yaml', { reason: 'unreadable', detail: 'is not UTF-8 text' }],
  ])('are refused where they are %s: %s', (_what, name, fault) => {
    expect(read(name)).toEqual({ ok: false, error: fault });
  });

  it('are those of one folder where there is no project', () => {
    const alone = extendedFiles(path.join(folder, 'secret.yaml'), folder);
    expect(alone(path.join(project, 'base.yaml')).ok).toBe(true);
  });
});

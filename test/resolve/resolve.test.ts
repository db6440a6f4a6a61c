import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { required } from '../../src/base/invariant.js';
import { countDiagnostics, renderDiagnostics } from '../../src/diagnostics/render.js';
import { positionAt } from '../../src/diagnostics/position.js';
import type { Environment } from '../../src/resolve/environment.js';
import type { Experiment } from '../../src/resolve/experiment.js';
import { nodeAt } from '../../src/source/node-at.js';
import { basePipeline, changed } from './base-pipeline.js';
import { diagnosticsOf, resolveText, sourceOf, sourceOfFile } from './support.js';

const base = parse(basePipeline) as Parameters<typeof changed>[0];

function experimentOf(text: string, environment: Environment = {}): Experiment {
  const resolved = resolveText(sourceOf(text), environment);
  if (!resolved.ok) throw new Error(renderDiagnostics(resolved.error));
  expect(resolved.value.experiments).toHaveLength(1);
  return required(resolved.value.experiments[0], 'experiment');
}

describe('a resolved pipeline', () => {
  it('is in canonical form, defaults filled in', () => {
    expect(experimentOf(basePipeline).spec).toEqual({
      version: 1,
      name: 'base',
      seed: 0,
      datasets: {
        ring: {
          type: 'gaussian_mixture',
          layout: 'ring',
          modes: 8,
          radius: 2,
          std: 0.05,
          seed: 0,
          splits: { train: 50000, test: 2000 },
        },
      },
      architectures: {
        generator: { type: 'mlp_generator', z_dim: 2, hidden: [64, 64], activation: 'relu', norm: 'none' },
        critic: { type: 'mlp_critic', hidden: [64, 64], activation: 'relu', norm: 'none' },
      },
      stages: {
        train: {
          type: 'train',
          dataset: 'ring.train',
          generator: 'generator',
          critic: 'critic',
          objective: { type: 'wasserstein' },
          critic_iterations: { type: 'constant', count: 5 },
          lipschitz: { type: 'clip', range: [-0.1, 0.1], layers: {}, when: 'after_step' },
          optimizer: {
            generator: {
              type: 'rmsprop',
              lr: 1e-3,
              rho: 0.99,
              epsilon: 1e-8,
              schedule: { type: 'constant' },
            },
            critic: { type: 'rmsprop', lr: 1e-3, rho: 0.99, epsilon: 1e-8, schedule: { type: 'constant' } },
          },
          batch_size: 128,
          precision: 'float32',
          budget: { generator_steps: 1200 },
          seed: 0,
          cache: true,
          retries: 0,
          resources: { threads: 2, gpu: 0, samples: 'auto' },
        },
        quality: {
          type: 'evaluate',
          model: 'train',
          at: 'end',
          reference: 'ring.test',
          samples: 2000,
          metrics: { swd: { type: 'sliced_wasserstein', projections: 128 } },
          weights: 'average',
          seed: 0,
          cache: true,
          retries: 0,
          resources: { threads: 2, gpu: 0, samples: 'auto' },
        },
      },
    });
  });

  it('marks what was inferred, and knows where it comes from', () => {
    const { origins } = experimentOf(changed(base, { seed: 3 }));
    const at = (...path: (string | number)[]) => {
      const node = required(nodeAt(origins, path), path.join('.'));
      return [node.inferred === true, positionAt(node.range.source, node.range.start).line];
    };
    const lineOf = (part: string) =>
      1 +
      changed(base, { seed: 3 })
        .split('\n')
        .findIndex((line) => line.startsWith(part));
    expect(at('stages', 'train', 'batch_size')).toEqual([false, lineOf('    batch_size')]);
    expect(at('stages', 'train', 'lipschitz', 'range', 0)).toEqual([false, lineOf('    clip')]);
    expect(at('stages', 'train', 'lipschitz', 'when')).toEqual([true, lineOf('    clip')]);
    expect(at('stages', 'train', 'resources', 'threads')).toEqual([true, lineOf('  train:')]);
    expect(at('stages', 'train', 'seed')).toEqual([true, lineOf('seed: 3')]);
    expect(at('datasets', 'ring', 'radius')).toEqual([true, lineOf('  ring')]);
  });

  it('hands the pipeline’s seed to its stages, not to its data, and lets a stage have its own', () => {
    const { spec } = experimentOf(changed(base, { seed: 3, stages: { quality: { seed: 9 } } }));
    expect(spec.stages['train']).toMatchObject({ seed: 3 });
    expect(spec.stages['quality']).toMatchObject({ seed: 9 });
    expect(spec.datasets['ring']?.seed).toBe(0);
  });

  it('takes a short form out of a variable', () => {
    const { spec } = experimentOf(
      changed(base, {
        vars: { c: 0.5, objective: 'wasserstein', optimizer: { type: 'sgd', lr: 1 }, n: 7 },
        stages: {
          train: {
            clip: '${vars.c}',
            objective: '${vars.objective}',
            optimizer: '${vars.optimizer}',
            critic_iterations: '${vars.n}',
          },
        },
      }),
    );
    expect(spec.stages['train']).toMatchObject({
      lipschitz: { type: 'clip', range: [-0.5, 0.5] },
      objective: { type: 'wasserstein' },
      optimizer: { generator: { type: 'sgd', lr: 1 }, critic: { type: 'sgd', lr: 1 } },
      critic_iterations: { type: 'constant', count: 7 },
    });
  });

  describe('with paths', () => {
    const withImages = (images: string) =>
      changed(base, {
        datasets: { mnist: { type: 'idx', images, splits: { train: 200 } } },
        stages: { train: { dataset: 'mnist.train' }, quality: { reference: 'mnist.train' } },
      });
    const images = (path: string, environment: Environment = {}) => {
      const { spec, displaySpec } = experimentOf(withImages(path), environment);
      const read = ({ datasets }: typeof spec) =>
        datasets['mnist']?.type === 'idx' ? datasets['mnist'].images : undefined;
      return [read(spec), read(displaySpec)];
    };

    it('makes them absolute, from the folder of the file, and shows them as they were written', () => {
      expect(images('../data/i.gz')).toEqual(['/project/data/i.gz', '../data/i.gz']);
      expect(images('/data/i.gz')).toEqual(['/data/i.gz', '/data/i.gz']);
    });

    it('does the same with what the environment gives, and shows the reference', () => {
      const text = '${env:MNIST,../data}/i.gz';
      expect(images(text)).toEqual(['/project/data/i.gz', text]);
      expect(images(text, { MNIST: '/home/me' })).toEqual(['/home/me/i.gz', text]);
      expect(images(text, { MNIST: 'mine' })).toEqual(['/project/pipelines/mine/i.gz', text]);
    });
  });

  it('lets the environment into no other field, set or not', () => {
    const text = changed(base, { stages: { train: { batch_size: '${env:BATCH,64}' } } });
    for (const environment of [{}, { BATCH: '32' }]) {
      expect(diagnosticsOf(text, environment).map(({ code }) => code)).toEqual(['environment-outside-path']);
    }
  });

  it('comes with warnings', () => {
    const resolved = resolveText(sourceOf(changed(base, { vars: { lr: 1 } })));
    expect(resolved.ok && countDiagnostics(resolved.value.warnings)).toBe('1 warning');
  });
});

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));

describe('the shipped pipelines', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  it.each(names)('%s has nothing wrong with it, and a line for editors', (name) => {
    const source = sourceOfFile(folder + name);
    const resolved = resolveText(source);
    expect(renderDiagnostics(resolved.ok ? resolved.value.warnings : resolved.error)).toBe('');
    expect(source.text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schemas\/pipeline\.schema\.json\n/);
    expect(resolved.ok && resolved.value.experiments[0]?.spec).toMatchObject({
      name: name.replace('.yaml', ''),
      desc: expect.any(String) as string,
    });
  });
});

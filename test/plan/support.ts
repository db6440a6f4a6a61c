import { digestBytes } from '../../src/base/digest.js';
import { ok } from '../../src/base/result.js';
import type { PlanningWorld } from '../../src/plan/world.js';
import type { PipelineSpec } from '../../src/spec/pipeline.js';

/** A canonical pipeline with a dataset from files, and stages of every kind. */
export function specification(): PipelineSpec {
  return {
    version: 1,
    name: 'digits',
    desc: 'For tests.',
    seed: 0,
    datasets: {
      mnist: {
        type: 'idx',
        images: '/data/images.gz',
        labels: '/data/labels.gz',
        resize: 32,
        seed: 0,
        splits: { train: 9000, test: 1000 },
      },
      unread: { type: 'swiss_roll', std: 0.25, seed: 0, splits: { train: 10 } },
    },
    architectures: {
      generator: { type: 'dcgan_generator', z_dim: 64, ngf: 16, norm: 'none' },
      critic: { type: 'dcgan_critic', ndf: 16, norm: 'batch' },
    },
    stages: {
      quality: {
        type: 'evaluate',
        model: 'train',
        at: 'every_snapshot',
        reference: 'mnist.test',
        samples: 1000,
        metrics: { swd: { type: 'sliced_wasserstein', projections: 256 } },
        seed: 0,
        ...policy,
      },
      train: {
        type: 'train',
        dataset: 'mnist.train',
        generator: 'generator',
        critic: 'critic',
        objective: { type: 'wasserstein' },
        critic_iterations: { type: 'constant', count: 5 },
        lipschitz: { type: 'clip', range: [-0.01, 0.01], when: 'after_step' },
        optimizer: {
          generator: { type: 'rmsprop', lr: 5e-4, rho: 0.99, epsilon: 1e-8 },
          critic: { type: 'rmsprop', lr: 5e-4, rho: 0.99, epsilon: 1e-8 },
        },
        batch_size: 64,
        budget: { generator_steps: 600 },
        seed: 0,
        ...policy,
      },
      samples: { type: 'sample', model: 'train', count: 64, seed: 0, ...policy, needs: ['quality'] },
    },
  };
}

/** What stages have that say nothing of how they are run. */
export const policy = { cache: true, retries: 0, resources: { threads: 2, gpu: 0 } };

export function world(changes: Partial<PlanningWorld> = {}): PlanningWorld {
  return {
    backend: 'native',
    backendVersion: '2.21.0',
    implementations: {
      dataset: digestBytes('dataset code'),
      train: digestBytes('train code'),
      evaluate: digestBytes('evaluate code'),
      sample: digestBytes('sample code'),
      classifier: digestBytes('classifier code'),
      command: digestBytes('command code'),
      compare: digestBytes('compare code'),
      gate: digestBytes('gate code'),
      claim: digestBytes('claim code'),
      report: digestBytes('report code'),
    },
    digestSource: (source) => Promise.resolve(ok(digestBytes(`content of ${source.path}`))),
    ...changes,
  };
}

import { digestBytes } from '../../src/base/digest.js';
import { ok } from '../../src/base/result.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import type { CodeParts } from '../../src/plan/code-parts.js';
import { planExperiments, type PlannedExperiments } from '../../src/plan/plan.js';
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
        weights: 'average',
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
        lipschitz: { type: 'clip', range: [-0.01, 0.01], layers: {}, when: 'after_step' },
        optimizer: {
          generator: { type: 'rmsprop', lr: 5e-4, rho: 0.99, epsilon: 1e-8, schedule: { type: 'constant' } },
          critic: { type: 'rmsprop', lr: 5e-4, rho: 0.99, epsilon: 1e-8, schedule: { type: 'constant' } },
        },
        batch_size: 64,
        precision: 'float32',
        budget: { generator_steps: 600 },
        seed: 0,
        ...policy,
      },
      samples: {
        type: 'sample',
        model: 'train',
        weights: 'average',
        count: 64,
        seed: 0,
        ...policy,
        needs: ['quality'],
      },
    },
  };
}

/** What stages have that say nothing of how they are run. */
export const policy = {
  cache: true,
  retries: 0,
  resources: { threads: 2, gpu: 0, samples: 'auto' as const },
};

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
      extractor: digestBytes('extractor code'),
      curves: digestBytes('curves code'),
      command: digestBytes('command code'),
      compare: digestBytes('compare code'),
      gate: digestBytes('gate code'),
      claim: digestBytes('claim code'),
      report: digestBytes('report code'),
    },
    digestSource: (source) => Promise.resolve(ok(digestBytes(`content of ${source.path}`))),
    readBaseline: () => Promise.resolve(ok([])),
    ...changes,
  };
}

const nowhere = { source: { name: 'p.yaml', path: '/p.yaml', text: '' }, start: 0, end: 0 };

/** The plan of a specification that no file says. */
export async function plannedOf(
  spec: PipelineSpec,
  surroundings: PlanningWorld = world(),
): Promise<PlannedExperiments> {
  const origins = { kind: 'map', entries: [], range: nowhere } as const;
  const planned = await planExperiments([{ axes: {}, spec, displaySpec: spec, origins }], surroundings);
  if (!planned.ok) throw new Error(renderDiagnostics(planned.error));
  return planned.value;
}

/** What the code of the stages of `world` consists of. */
export const code: CodeParts = {
  consistsOf: {
    dataset: ['base.js'],
    train: ['base.js', 'train.js', 'tfjs'],
    evaluate: ['base.js'],
    sample: [],
  },
  parts: { 'base.js': digestBytes('base'), 'train.js': digestBytes('train'), tfjs: '4.22.0' },
};

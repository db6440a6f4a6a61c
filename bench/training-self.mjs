// One side of bench/training.mjs and methods.mjs: our Trainer on the native backend. The other is training_peer.py, with the
// same conversation: the job is the one argument; each line that comes in is a number of iterations to do.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

import { RandomStream } from '../dist/base/streams.js';
import { criticNetwork, generatorNetwork } from '../dist/tensor/architectures.js';
import { loadBackend } from '../dist/tensor/backend.js';
import { objectiveOf } from '../dist/tensor/objectives.js';
import { optimizer } from '../dist/tensor/optimizers.js';
import { spectrallyNormalised } from '../dist/tensor/spectral-norm.js';
import { Trainer } from '../dist/tensor/trainer.js';

const job = JSON.parse(process.argv[2]);
await loadBackend(job.device === 'gpu' ? 'gpu' : 'native', job.threads);

const { shape, z_dim, hidden, features } = job;
const mlp = { hidden, activation: 'relu', norm: 'none' };
const generator = hidden
  ? { type: 'mlp_generator', z_dim, ...mlp }
  : { type: 'dcgan_generator', z_dim, ngf: features, norm: 'batch' };
const critic = criticNetwork(criticOptions(job), shape).value;
const rmsprop = optimizer({ type: 'rmsprop', lr: job.lr, rho: 0.99, epsilon: 1e-8 });
const model = {
  generator: generatorNetwork(generator, shape).value,
  critic: job.spectral ? spectrallyNormalised(critic, { bound: 1, powerIterations: 1 }) : critic,
  objective: objectiveOf({ type: 'wasserstein' }),
  optimizers: { generator: rmsprop, critic: rmsprop },
  constraint: constraintOf(job),
};

function criticOptions({ clip, depth, width, residual_scale }) {
  // Batch norm, where nothing is said against it by what keeps the critic Lipschitz.
  const norm = clip === undefined ? 'none' : 'batch';
  if (hidden) return { type: 'mlp_critic', ...mlp };
  return depth === undefined
    ? { type: 'dcgan_critic', ndf: features, norm }
    : { type: 'deep_resnet_critic', depth, width, norm, residual_scale };
}

function constraintOf({ clip, penalty, spectral }) {
  if (spectral) return { type: 'spectral_norm' };
  return penalty === undefined
    ? { type: 'clip', range: clip, layers: {}, when: 'after_step' }
    : { type: 'gradient_penalty', lambda: penalty, form: 'two_sided' };
}

const size = shape.reduce((product, length) => product * length, 1);
const data = new RandomStream({ seed: 0, purpose: 'bench' }).normal(job.samples * size);
const samples = {
  shape,
  count: job.samples,
  gather: (indices) => {
    const batch = new Float32Array(indices.length * size);
    indices.forEach((index, row) => batch.set(data.subarray(index * size, (index + 1) * size), row * size));
    return batch;
  },
};
const began = performance.now();
const trainer = new Trainer(model, samples, {
  criticIterations: { type: 'constant', count: job.critic_iterations },
  batchSize: job.batch,
  precision: job.precision,
  seed: 1,
});

const prepared = performance.now() - began;

/** In bytes; VmHWM is in kibibytes. */
const peakMemory = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
say({ ready: 'Wassermill', milliseconds: prepared });
for await (const line of createInterface({ input: process.stdin })) {
  const milliseconds = [];
  const before = process.cpuUsage();
  for (let done = 0; done < Number(line); done += 1) {
    const start = performance.now();
    trainer.iterate();
    milliseconds.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  say({ milliseconds, cpu: (user + system) / 1000 / milliseconds.length, peak: peakMemory() });
}
process.exit(0);

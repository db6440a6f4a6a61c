// Milliseconds of one generator iteration (5 critic steps with clipping, 1 generator step, RMSProp) whose real images are in memory,
// beside one whose images are read from the disk meanwhile: the same training, to the bit. docs/performance.md says how to read it.
//
//     node scripts/build.mjs && node bench/streaming.mjs [--rounds 7] [--seconds 2] [--only NAME] [--threads 2] [--images 20000]
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { RandomStream } from '../dist/base/streams.js';
import { readSplit, writeDatasetManifest, writeSamples } from '../dist/stages/dataset-artifact.js';
import { criticNetwork, generatorNetwork } from '../dist/tensor/architectures.js';
import { loadBackend } from '../dist/tensor/backend.js';
import { objectiveOf } from '../dist/tensor/objectives.js';
import { optimizer } from '../dist/tensor/optimizers.js';
import { Trainer } from '../dist/tensor/trainer.js';
import { load, machine } from './support/machine.mjs';
import { median, range } from './support/numbers.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    threads: { type: 'string', default: '2' },
    images: { type: 'string', default: '20000' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const count = Number(options.images);
const batchSize = 64;
const dcgan = (features) => ({
  generator: { type: 'dcgan_generator', z_dim: 100, ngf: features, norm: 'batch' },
  critic: { type: 'dcgan_critic', ndf: features, norm: 'batch' },
});
const mlp = { hidden: [128, 128, 128], activation: 'relu', norm: 'none' };
const workloads = {
  'DCGAN 32x32x3, nf 64': { shape: [32, 32, 3], ...dcgan(64) },
  'DCGAN 64x64x3, nf 64': { shape: [64, 64, 3], ...dcgan(64) },
  // A step that is over before much has been read.
  'DCGAN 32x32x3, nf 8': { shape: [32, 32, 3], ...dcgan(8) },
  'MLP 3x128 on 32x32x3': {
    shape: [32, 32, 3],
    generator: { type: 'mlp_generator', z_dim: 100, ...mlp },
    critic: { type: 'mlp_critic', ...mlp },
  },
};

/** A dataset's artifact of random images, as a dataset stage leaves it. */
async function dataset(folder, shape) {
  const size = shape.reduce((product, length) => product * length, 1);
  await writeDatasetManifest(folder, { kind: 'images', shape, dtype: 'uint8', splits: { train: count } });
  const stream = new RandomStream({ seed: 0, purpose: 'bench' });
  async function* parts() {
    for (let made = 0; made < count; made += 1000) {
      const words = Uint32Array.from({ length: (Math.min(1000, count - made) * size) / 4 }, () =>
        stream.uint32(),
      );
      yield await Promise.resolve(new Uint8Array(words.buffer));
    }
  }
  await writeSamples(folder, 'train', { kind: 'images', shape }, count, parts());
}

/** Has the system forget what it holds of a file in memory, so that it is read from the disk itself. */
function evict(file) {
  const { status } = spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
  return status === 0;
}

async function trainerOn(folder, { shape, ...networks }, residence) {
  const rmsprop = optimizer({ type: 'rmsprop', lr: 5e-4, rho: 0.99, epsilon: 1e-8 });
  const model = {
    generator: generatorNetwork(networks.generator, shape).value,
    critic: criticNetwork(networks.critic, shape).value,
    objective: objectiveOf({ type: 'wasserstein' }),
    optimizers: { generator: rmsprop, critic: rmsprop },
    constraint: { type: 'clip', range: [-0.1, 0.1], layers: {}, when: 'after_step' },
  };
  const samples = await readSplit(folder, 'train', residence);
  return new Trainer(model, samples, {
    criticIterations: { type: 'constant', count: 5 },
    batchSize,
    seed: 1,
  });
}

/** Iterations as a train stage makes them; what is waited for counts. */
async function turn(trainer, iterations) {
  const before = process.cpuUsage();
  const start = performance.now();
  for (let done = 0; done < iterations; done += 1) {
    await trainer.prepare();
    trainer.iterate();
  }
  const time = (performance.now() - start) / iterations;
  const { user, system } = process.cpuUsage(before);
  return { time, cpu: (user + system) / 1000 / iterations };
}

async function compare(name, workload) {
  const folder = await mkdtemp(join(options.folder, 'wassermill-streaming-'));
  try {
    await dataset(folder, workload.shape);
    const file = join(folder, 'train.samples.npy');
    const sides = {
      memory: { trainer: await trainerOn(folder, workload, 'memory') },
      disk: { trainer: await trainerOn(folder, workload, 'disk') },
      // The same, its file being read from the disk and not from the system's memory.
      cold: { trainer: await trainerOn(folder, workload, 'disk'), before: () => evict(file) },
    };
    const rounds = [];
    let iterations = 2;
    for (let round = 0; round <= Number(options.rounds); round += 1) {
      const turns = {};
      const order = Object.entries(sides);
      for (const [side, { trainer, before }] of round % 2 === 0 ? order : order.toReversed()) {
        before?.();
        turns[side] = await turn(trainer, iterations);
      }
      // The first round warms up, and says how many iterations fill a turn.
      if (round > 0) rounds.push(turns);
      else iterations = Math.max(2, Math.ceil((Number(options.seconds) * 1000) / turns.memory.time));
    }
    for (const { trainer } of Object.values(sides)) trainer.dispose();
    const speed = (side, what) => {
      const ratios = rounds.map((turns) => (100 * turns.memory[what]) / turns[side][what]);
      return `${median(ratios).toFixed(1)} (${range(ratios, 1)})`;
    };
    const time = (side) => median(rounds.map((turns) => turns[side].time)).toFixed(1);
    const row = [
      name,
      time('memory'),
      time('disk'),
      speed('disk', 'time'),
      speed('disk', 'cpu'),
      speed('cold', 'time'),
    ];
    console.log(`| ${row.join(' | ')} |`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

await loadBackend('native', Number(options.threads));
console.log(machine());
console.log(`load averages at the start: ${load()}\n`);
const columns = [
  'in memory, ms',
  'from the disk, ms',
  'speed, % (range)',
  'by CPU time, % (range)',
  'file not in the system’s memory: speed, % (range)',
];
console.log(`| one generator iteration, batch ${batchSize} | ${columns.join(' | ')} |`);
console.log(`|---${'|---'.repeat(columns.length)}|`);
for (const [name, workload] of Object.entries(workloads))
  if (name.includes(options.only)) await compare(name, workload);
console.log(
  `\n${options.threads} threads; ${count} images; medians of ${options.rounds} turns; load averages at the end: ${load()}`,
);
process.exit(0);

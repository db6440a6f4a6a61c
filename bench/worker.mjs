// How long a stage waits for its worker: from the moment that the run begins a training until the training says that it
// has made 0 steps, with TensorFlow loaded, its data read and its networks made. docs/performance.md says how to read it.
//
//     node scripts/build.mjs && node bench/worker.mjs [--rounds 10]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { load, machine } from './support/machine.mjs';
import { median, range } from './support/numbers.mjs';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'wassermill-worker-'));

/** The dataset is cached after the first run; another seed makes another training. */
const pipeline = `version: 1
name: ready
datasets:
  ring: {type: gaussian_mixture, layout: ring, modes: 8, splits: {train: 1000}}
architectures:
  generator: {type: mlp_generator, z_dim: 2, hidden: [8]}
  critic: {type: mlp_critic, hidden: [8]}
stages:
  train:
    type: train
    dataset: ring.train
    generator: generator
    critic: critic
    objective: wasserstein
    critic_iterations: 1
    clip: 0.1
    optimizer: {type: rmsprop, lr: 1e-3}
    batch_size: 32
    budget: {generator_steps: 1}
`;

/** Of a process and its threads so far, in seconds. @param {string} pid */
function cpuTime(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Ticks of a hundredth of a second, in user mode and in the kernel's.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/**
 * @param {string} backend
 * @param {number} seed
 * @returns {Promise<{ wall: number, cpu: number }>} seconds
 */
async function waited(backend, seed) {
  const args = ['run', 'pipeline.yaml', '--backend', backend, '--json', '-S', `seed=${seed}`];
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let began = Number.NaN;
  let ready = Number.NaN;
  let cpu = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.stage !== 'train') continue;
    if (event.type === 'stage_started') began = event.time;
    if (event.type === 'stage_reported' && event.event.type === 'progress' && Number.isNaN(ready)) {
      ready = Date.now();
      const [worker] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
        .trim()
        .split(' ');
      cpu = cpuTime(worker);
    }
  }
  const wall = (ready - began) / 1000;
  if (!(wall > 0 && cpu > 0)) throw new Error(`no training was seen with ${args.join(' ')}`);
  return { wall, cpu };
}

try {
  writeFileSync(path.join(folder, 'pipeline.yaml'), pipeline);
  const backends = ['native', 'cpu'];
  const rounds = Number(options.rounds);
  const times = new Map(backends.map((backend) => [backend, []]));
  for (const backend of backends) await waited(backend, 0);
  // By turns, so that what else the machine does is shared.
  for (let round = 1; round <= rounds; round += 1) {
    for (const backend of backends) times.get(backend).push(await waited(backend, round));
  }
  console.log(`${machine()}; load averages ${load()}; ${rounds} rounds\n`);
  console.log(
    '| backend | s until the worker is ready | range | its CPU time, s | range |\n|---|---|---|---|---|',
  );
  for (const [backend, all] of times) {
    const figures = ['wall', 'cpu'].map((what) => all.map((one) => one[what]));
    const cells = figures.flatMap((seconds) => [median(seconds).toFixed(2), range(seconds, 2)]);
    console.log(`| ${backend} | ${cells.join(' | ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// Milliseconds of one generator iteration (5 critic steps, clipping, 1 generator step, RMSProp), Wassermill beside
// PyTorch eager, on the same networks and batch sizes. docs/performance.md says how to run and to read it.
//
//     node scripts/build.mjs && node bench/training.mjs [--python PATH] [--rounds 7] [--seconds 2] [--only NAME]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { load, machine } from './support/machine.mjs';
import { median, range } from './support/numbers.mjs';

const beside = (file) => fileURLToPath(new URL(file, import.meta.url));
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: beside('../.venv/bin/python') },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
  },
});

const common = { critic_iterations: 5, lr: 5e-4, clip: [-0.1, 0.1] };
const points = { shape: [2], z_dim: 2, samples: 50_000 };
const images = { shape: [32, 32, 1], z_dim: 64, samples: 5_000 };
const workloads = {
  'MLP 3x64, batch 128': { ...common, ...points, hidden: [64, 64, 64], batch: 128 },
  'MLP 4x512, batch 256': { ...common, ...points, hidden: [512, 512, 512, 512], batch: 256 },
  'DCGAN 32x32x1, nf 16, batch 64': { ...common, ...images, features: 16, batch: 64 },
};

/** A process that trains as many iterations as it is asked for, and waits in between. */
async function contestant(command, file, job) {
  const child = spawn(command, [beside(file), JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const complaints = [];
  child.stderr.on('data', (text) => complaints.push(text));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error(`${command} ended:\n${complaints.join('')}`);
    return JSON.parse(value);
  };
  const { ready } = await answer();
  return {
    name: ready,
    run: (iterations) => {
      child.stdin.write(`${iterations}\n`);
      return answer();
    },
    end: () => child.stdin.end(),
  };
}

/** Turn by turn, so that whatever else the machine does meets both. */
async function compare(name, job) {
  const ours = await contestant(process.execPath, 'training-self.mjs', job);
  const peer = await contestant(options.python, 'training_peer.py', job);
  const rounds = [];
  let iterations = 5;
  // The first round warms up, and says how many iterations fill a turn.
  for (let round = 0; round <= Number(options.rounds); round += 1) {
    const turns = [];
    for (const { run } of round % 2 === 0 ? [ours, peer] : [peer, ours]) {
      turns.push(await run(iterations));
      await delay(300); // Thread pools spin for a moment before they sleep.
    }
    const [a, b] = round % 2 === 0 ? turns : turns.reverse();
    if (round === 0) {
      iterations = Math.max(3, Math.ceil((Number(options.seconds) * 1000) / median(a.milliseconds)));
    } else {
      rounds.push({ ours: median(a.milliseconds), peer: median(b.milliseconds), memory: [a.peak, b.peak] });
    }
  }
  ours.end();
  peer.end();
  const best = (side) => Math.min(...rounds.map((round) => round[side]));
  const ratios = rounds.map((round) => round.peer / round.ours);
  const megabytes = rounds.at(-1).memory.map((bytes) => (bytes / 1e6).toFixed(0));
  const row = [
    name,
    job.threads,
    median(rounds.map((round) => round.ours)).toFixed(1),
    median(rounds.map((round) => round.peer)).toFixed(1),
    `${median(ratios).toFixed(2)} (${range(ratios, 2)})`,
    (best('peer') / best('ours')).toFixed(2),
    ...megabytes,
  ];
  console.log(`| ${row.join(' | ')} |`);
  return peer.name;
}

const instructions = ['amx_tile', 'avx512f', 'avx2'].filter((flag) =>
  readFileSync('/proc/cpuinfo', 'utf8').includes(flag),
);
console.log(machine(instructions.join(', ')));
console.log(`load averages at the start: ${load()}\n`);
const columns = [
  'ours, ms',
  'PyTorch, ms',
  'PyTorch / ours (range)',
  'of the best turns',
  'ours, MB',
  'PyTorch, MB',
];
console.log(`| one generator iteration | threads | ${columns.join(' | ')} |`);
console.log('|---|---|---|---|---|---|---|---|');
let peer;
for (const [name, workload] of Object.entries(workloads)) {
  if (!name.includes(options.only)) continue;
  for (const threads of [2, 1]) peer = await compare(name, { ...workload, threads });
}
console.log(`\n${peer}; medians of ${options.rounds} turns each; load averages at the end: ${load()}`);

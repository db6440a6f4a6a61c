// Milliseconds of one generator iteration (5 critic steps, clipping, 1 generator step, RMSProp), Wassermill beside
// PyTorch eager, on the same networks and batch sizes. docs/performance.md says how to run and to read it.
//
//     node scripts/build.mjs && node bench/training.mjs [--python PATH] [--rounds 7] [--seconds 2] [--only NAME] [--threads 2,1]
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
    threads: { type: 'string', default: '2,1' },
  },
});

const common = { critic_iterations: 5, lr: 5e-4, clip: [-0.1, 0.1] };
const points = { shape: [2], z_dim: 2, samples: 50_000, hidden: [128, 128, 128, 128], batch: 64 };
const images = { z_dim: 100, samples: 1_000, features: 64, batch: 64 };
const workloads = {
  'MLP 4x128, batch 64': { ...common, ...points },
  'MLP 4x512, batch 256': { ...common, ...points, hidden: [512, 512, 512, 512], batch: 256 },
  'DCGAN 32x32x3, nf 64, batch 64': { ...common, ...images, shape: [32, 32, 3] },
  'DCGAN 64x64x3, nf 64, batch 64': { ...common, ...images, shape: [64, 64, 3] },
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
  const { ready, milliseconds = 0 } = await answer();
  return {
    name: ready,
    /** Before the first iteration. */
    preparation: milliseconds,
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
  let iterations = job.hidden ? 20 : 2;
  const {
    milliseconds: [first],
  } = await ours.run(1);
  // The first round warms up, and says how many iterations fill a turn.
  for (let round = 0; round <= Number(options.rounds); round += 1) {
    const turns = [];
    for (const { run } of round % 2 === 0 ? [ours, peer] : [peer, ours]) {
      turns.push(await run(iterations));
      await delay(300); // Thread pools spin for a moment before they sleep.
    }
    const [a, b] = round % 2 === 0 ? turns : turns.reverse();
    if (round === 0) {
      iterations = Math.max(2, Math.ceil((Number(options.seconds) * 1000) / median(a.milliseconds)));
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
    ((ours.preparation + first) / 1000).toFixed(1),
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
  'ours, first iteration with recording, s',
];
console.log(`| one generator iteration | threads | ${columns.join(' | ')} |`);
console.log('|---|---|---|---|---|---|---|---|---|');
let peer;
for (const [name, workload] of Object.entries(workloads)) {
  if (!name.includes(options.only)) continue;
  for (const threads of options.threads.split(',').map(Number))
    peer = await compare(name, { ...workload, threads });
}
console.log(`\n${peer}; medians of ${options.rounds} turns each; load averages at the end: ${load()}`);

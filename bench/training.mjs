// Milliseconds of one generator iteration (5 critic steps, clipped or penalised, 1 generator step, RMSProp), Wassermill beside
// PyTorch, eager and compiled, and beside Python's TensorFlow, on the same networks and batch sizes. docs/performance.md says how
// to run and to read it.
//
//     node scripts/python-env.mjs --folder .venv-bench-training --requirements scripts/requirements-bench-training.txt
//     node scripts/build.mjs && node bench/training.mjs [--python PATH] [--rounds 7] [--seconds 2] [--only NAME] [--threads 2,1]
//         [--peers eager,compile,tensorflow]
import { spawn, spawnSync } from 'node:child_process';
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
    python: { type: 'string', default: beside('../.venv-bench-training/bin/python') },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    threads: { type: 'string', default: '2,1' },
    peers: { type: 'string', default: 'eager,compile,tensorflow' },
  },
});

const common = { critic_iterations: 5, lr: 5e-4, clip: [-0.1, 0.1] };
/** arXiv 1704.00028, with the same optimiser as all others. */
const penalised = { critic_iterations: 5, lr: 5e-4, penalty: 10 };
const points = { shape: [2], z_dim: 2, samples: 50_000, hidden: [128, 128, 128, 128], batch: 64 };
const images = { z_dim: 100, samples: 1_000, features: 64, batch: 64 };
const workloads = {
  'MLP 4x128, batch 64': { ...common, ...points },
  'MLP 4x512, batch 256': { ...common, ...points, hidden: [512, 512, 512, 512], batch: 256 },
  'DCGAN 32x32x3, nf 64, batch 64': { ...common, ...images, shape: [32, 32, 3] },
  'DCGAN 64x64x3, nf 64, batch 64': { ...common, ...images, shape: [64, 64, 3] },
  'MLP 4x512, batch 256, ours in bfloat16': {
    ...{ ...common, ...points, precision: 'bfloat16' },
    ...{ hidden: [512, 512, 512, 512], batch: 256 },
  },
  'DCGAN 32x32x3, nf 64, batch 64, ours in bfloat16': {
    ...{ ...common, ...images, precision: 'bfloat16' },
    shape: [32, 32, 3],
  },
  'WGAN-GP, MLP 3x128, batch 128': { ...penalised, ...points, hidden: [128, 128, 128], batch: 128 },
  'WGAN-GP, DCGAN 32x32x3, nf 64, batch 64': { ...penalised, ...images, shape: [32, 32, 3] },
};

/** What torch.compile calls, unless CXX says another. */
const compiler = ['g++', 'clang++'].find(
  (name) => spawnSync(process.env.CXX ?? name, ['--version']).status === 0,
);
const python = [options.python, '-B'];
const ours = { command: [process.execPath, beside('training-self.mjs')] };
const peers = {
  eager: { title: 'PyTorch', command: [...python, beside('training_peer.py')] },
  compile: {
    title: 'torch.compile',
    command: [...python, beside('training_peer.py')],
    job: { compile: true },
    // It has no second derivatives; the goal is for MLPs.
    suits: ({ hidden, penalty }) => hidden !== undefined && penalty === undefined && compiler !== undefined,
  },
  tensorflow: { title: 'tf.function', command: [...python, beside('training_tensorflow.py')] },
};

/** A process that trains as many iterations as it is asked for, and waits in between. */
async function contestant({ title, command: [program, ...args], job: more }, job) {
  const child = spawn(program, [...args, JSON.stringify({ ...job, ...more })], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaints = [];
  child.stderr.on('data', (text) => complaints.push(text));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error(`${args.join(' ')} ended:\n${complaints.join('')}`);
    return JSON.parse(value);
  };
  const { ready, milliseconds = 0 } = await answer();
  return {
    title,
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

/** Turn by turn, so that whatever else the machine does meets all of them. */
async function compare(name, job, chosen) {
  const contestants = [];
  for (const side of [ours, ...chosen]) contestants.push(await contestant(side, job));
  const [self, ...others] = contestants;
  const rounds = [];
  let iterations = job.hidden ? 20 : 2;
  const {
    milliseconds: [first],
  } = await self.run(1);
  // The first round warms up, and says how many iterations fill a turn.
  for (let round = 0; round <= Number(options.rounds); round += 1) {
    const turns = new Map();
    for (const each of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const { milliseconds, cpu, peak } = await each.run(iterations);
      turns.set(each, { time: median(milliseconds), cpu, peak });
      await delay(300); // Thread pools spin for a moment before they sleep.
    }
    if (round === 0) {
      iterations = Math.max(2, Math.ceil((Number(options.seconds) * 1000) / turns.get(self).time));
    } else {
      rounds.push(turns);
    }
  }
  for (const { end } of contestants) end();
  const times = (side) => rounds.map((turns) => turns.get(side).time);
  const megabytes = (side) => (rounds.at(-1).get(side).peak / 1e6).toFixed(0);
  for (const other of others) {
    const ratios = (what) => rounds.map((turns) => turns.get(other)[what] / turns.get(self)[what]);
    const told = (values) => `${median(values).toFixed(2)} (${range(values, 2)})`;
    const row = [
      name,
      job.threads,
      other.title,
      median(times(self)).toFixed(1),
      median(times(other)).toFixed(1),
      told(ratios('time')),
      (Math.min(...times(other)) / Math.min(...times(self))).toFixed(2),
      told(ratios('cpu')),
      megabytes(self),
      megabytes(other),
      ((self.preparation + first) / 1000).toFixed(1),
    ];
    console.log(`| ${row.join(' | ')} |`);
  }
  return others.map((other) => other.name);
}

const instructions = ['amx_bf16', 'avx512_bf16', 'avx512f', 'avx2'].filter((flag) =>
  readFileSync('/proc/cpuinfo', 'utf8').includes(flag),
);
console.log(machine(instructions.join(', ')));
console.log(`load averages at the start: ${load()}\n`);
if (compiler === undefined)
  console.log(
    'torch.compile is left out: it needs a C++ compiler (g++ or clang++, or the one that CXX names).\n',
  );
const columns = [
  'peer',
  'ours, ms',
  'peer, ms',
  'peer / ours (range)',
  'of the best turns',
  'by CPU time (range)',
  'ours, MB',
  'peer, MB',
  'ours, first iteration with recording, s',
];
console.log(`| one generator iteration | threads | ${columns.join(' | ')} |`);
console.log(`|---|---${'|---'.repeat(columns.length)}|`);
const names = new Set();
for (const [name, workload] of Object.entries(workloads)) {
  if (!name.includes(options.only)) continue;
  const suited = Object.entries(peers)
    .filter(([peer]) => options.peers.split(',').includes(peer))
    .map(([, peer]) => peer)
    .filter(({ suits = () => true }) => suits(workload));
  for (const threads of options.threads.split(',').map(Number))
    for (const peer of await compare(name, { ...workload, threads }, suited)) names.add(peer);
}
console.log(
  `\n${[...names].join(', ')}; medians of ${options.rounds} turns each; load averages at the end: ${load()}`,
);

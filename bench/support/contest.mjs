// Trainings side by side: processes that live through the whole comparison and take turns. What is compared comes by argument.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { ensureNative } from '../../dist/native/ensure-native.js';
import { libraryVariables } from '../../dist/native/addon-check.js';
import { load, machine } from './machine.mjs';
import { median, range } from './numbers.mjs';

const beside = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

/** What torch.compile calls, unless CXX says another. */
const compiler = ['g++', 'clang++'].find(
  (name) => spawnSync(process.env.CXX ?? name, ['--version']).status === 0,
);

/** Of the three networks a peer knows, which it can train as the job says. */
const peersOf = (python) => ({
  eager: { title: 'PyTorch', command: [python, '-B', beside('training_peer.py')] },
  compile: {
    title: 'torch.compile',
    command: [python, '-B', beside('training_peer.py')],
    job: { compile: true },
    // It has no second derivatives; the goal is for MLPs.
    suits: ({ hidden, penalty }) => hidden !== undefined && penalty === undefined && compiler !== undefined,
  },
  tensorflow: {
    title: 'tf.function',
    command: [python, '-B', beside('training_tensorflow.py')],
    suits: ({ depth, spectral, device }) => depth === undefined && spectral === undefined && device === 'cpu',
  },
});
const ours = async ({ device }) => ({
  command: [process.execPath, beside('training-self.mjs')],
  environment: device === 'gpu' ? await gpuLibraries() : {},
});

/** What our process needs in its environment from its start, as the command line gives it to its workers. */
async function gpuLibraries() {
  const install = await ensureNative('gpu', { report: () => undefined });
  if (!install.ok) throw new Error(install.error.message);
  return libraryVariables(install.value.libraryPath, process.env);
}

/** A process that trains as many iterations as it is asked for, and waits in between. */
async function contestant({ title, command: [program, ...args], job: more, environment }, job) {
  const child = spawn(program, [...args, JSON.stringify({ ...job, ...more })], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
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
async function compare(name, job, chosen, options) {
  const contestants = [];
  for (const side of [await ours(job), ...chosen]) contestants.push(await contestant(side, job));
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

/**
 * Prints a table of the workloads beside the peers, by the options of the command line.
 * @param workloads jobs of training-self.mjs and its peers, by name
 * @param peers the names of those that are taken unless the command line says others
 */
export async function contest(workloads, peers) {
  const { values: options } = parseArgs({
    options: {
      python: { type: 'string', default: beside('../.venv-bench-training/bin/python') },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '2' },
      only: { type: 'string', default: '' },
      threads: { type: 'string', default: '2,1' },
      peers: { type: 'string', default: peers.join(',') },
      device: { type: 'string', default: 'cpu' },
    },
  });
  const instructions = ['amx_bf16', 'avx512_bf16', 'avx512f', 'avx2'].filter((flag) =>
    readFileSync('/proc/cpuinfo', 'utf8').includes(flag),
  );
  console.log(machine(instructions.join(', ')));
  console.log(`load averages at the start: ${load()}\n`);
  const chosen = Object.entries(peersOf(options.python))
    .filter(([peer]) => options.peers.split(',').includes(peer))
    .map(([, peer]) => peer);
  if (compiler === undefined && options.peers.includes('compile'))
    console.log(
      'torch.compile is left out: it needs a C++ compiler (g++ or clang++, or the one that CXX names).\n',
    );
  console.log(`| one generator iteration | threads | ${columns.join(' | ')} |`);
  console.log(`|---|---${'|---'.repeat(columns.length)}|`);
  const names = new Set();
  for (const [name, settings] of Object.entries(workloads)) {
    if (!name.includes(options.only)) continue;
    const workload = { ...settings, device: options.device };
    const suited = chosen.filter(({ suits = () => true }) => suits(workload));
    for (const threads of options.threads.split(',').map(Number))
      for (const peer of await compare(name, { ...workload, threads }, suited, options)) names.add(peer);
  }
  console.log(
    `\n${[...names].join(', ')}; medians of ${options.rounds} turns each; load averages at the end: ${load()}`,
  );
}

// Seconds and memory of a metric, Wassermill beside POT and, for FID, torch-fidelity, on the same samples and, where it has any, directions.
// docs/performance.md says how to run and to read it.
//
//     node scripts/python-env.mjs --folder .venv-bench-metrics --requirements scripts/requirements-bench-metrics.txt
//     node scripts/build.mjs && node bench/metrics.mjs [--python PATH] [--rounds 5] [--only NAME]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { RandomStream } from '../dist/base/streams.js';
import { unitDirections } from '../dist/metrics/sliced-wasserstein.js';
import { load, machine } from './support/machine.mjs';
import { median, range } from './support/numbers.mjs';

const beside = (file) => fileURLToPath(new URL(file, import.meta.url));
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: beside('../.venv-bench-metrics/bin/python') },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});

const points = { metric: 'exact', order: 1, count: 2000, dimensions: 2 };
const workloads = {
  'exact W1, 2,000 points in 2-D': { ...points, shift: 0 },
  'exact W1, 2,000 points in 2-D, moved by 3': { ...points, shift: 3 },
  'exact W2, 2,000 points in 2-D': { ...points, order: 2, shift: 0 },
  'exact W1, 2,000 points in 64-D': { ...points, dimensions: 64, shift: 0 },
  'sliced W1, 50,000 x 64, 50 directions': {
    metric: 'sliced',
    count: 50_000,
    dimensions: 64,
    directions: 50,
    shift: 0,
  },
  'FID, 10,000 x 2,048 features': { metric: 'fid', count: 10_000, dimensions: 2048, shift: 0.1, latent: 256 },
};

/** A process that measures once for each line that it is sent. */
async function contestant(command, file, job) {
  const child = spawn(command, [beside(file), JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error(`${command} ended`);
    return JSON.parse(value);
  };
  await answer();
  return {
    measure: () => {
      child.stdin.write('\n');
      return answer();
    },
    end: () => child.stdin.end(),
  };
}

/** Features that hang together, with a tail of small variances, as those of a network do. */
function latentFeatures(purpose, { count, dimensions, latent, shift }) {
  const normal = (name, size) => new RandomStream({ seed: 0, purpose: `bench/${name}` }).normal(size);
  const mixing = normal('mixing', latent * dimensions);
  const hidden = normal(purpose, count * latent);
  const noise = normal(`${purpose}/noise`, count * dimensions);
  return Float64Array.from(noise, (value, place) => {
    const [row, column] = [Math.floor(place / dimensions), place % dimensions];
    let sum = 0.01 * value + shift;
    // Eight of the latent numbers for each feature: drawing takes long enough.
    for (let k = 0; k < 8; k += 1) {
      const from = (column * 8 + k * 37) % latent;
      sum += hidden[row * latent + from] * mixing[from * dimensions + column];
    }
    return sum;
  });
}

function writeSamples(folder, workload) {
  const { count, dimensions, directions = 0, shift, latent } = workload;
  const file = (name, values) => {
    const target = path.join(folder, name);
    writeFileSync(target, values);
    return target;
  };
  const normal = (purpose, rows) =>
    new RandomStream({ seed: 0, purpose: `bench/${purpose}` }).normal(rows * dimensions);
  if (latent !== undefined) {
    return {
      generated: file('generated', latentFeatures('generated', workload)),
      reference: file('reference', latentFeatures('reference', { ...workload, shift: 0 })),
      directions: file('directions', new Float64Array()),
    };
  }
  return {
    generated: file(
      'generated',
      Float64Array.from(normal('generated', count), (value) => value + shift),
    ),
    reference: file('reference', Float64Array.from(normal('reference', count))),
    directions: file('directions', unitDirections(normal('directions', directions), dimensions)),
  };
}

/** Turn by turn, so that whatever else the machine does meets both. */
async function compare(name, workload) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wassermill-bench-'));
  try {
    const job = { ...workload, files: writeSamples(folder, workload) };
    const ours = await contestant(process.execPath, 'metrics-self.mjs', job);
    const peer = await contestant(options.python, 'metrics_peer.py', job);
    const rounds = [];
    // The first round warms up.
    for (let round = 0; round <= Number(options.rounds); round += 1) {
      const turns = [];
      for (const { measure } of round % 2 === 0 ? [ours, peer] : [peer, ours]) turns.push(await measure());
      const [a, b] = round % 2 === 0 ? turns : turns.reverse();
      if (Math.abs(a.value / b.value - 1) > 1e-6) throw new Error(`${name}: ${a.value} and ${b.value}`);
      if (round > 0) rounds.push({ ours: a, peer: b });
    }
    ours.end();
    peer.end();
    const ratio = (unit) => rounds.map((round) => round.peer[unit] / round.ours[unit]);
    const of = (side, unit) => median(rounds.map((round) => round[side][unit]));
    const row = [
      name,
      of('ours', 'seconds').toFixed(2),
      of('peer', 'seconds').toFixed(2),
      `${median(ratio('seconds')).toFixed(2)} (${range(ratio('seconds'), 2)})`,
      of('ours', 'cpuSeconds').toFixed(2),
      of('peer', 'cpuSeconds').toFixed(2),
      `${median(ratio('cpuSeconds')).toFixed(2)} (${range(ratio('cpuSeconds'), 2)})`,
      ...['ours', 'peer'].map((side) => (rounds.at(-1)[side].peak / 1e6).toFixed(0)),
    ];
    console.log(`| ${row.join(' | ')} |`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

console.log(machine());
console.log(`load averages at the start: ${load()}\n`);
const columns = [
  'ours, s',
  'theirs, s',
  'theirs / ours (range)',
  'ours, CPU s',
  'theirs, CPU s',
  'theirs / ours, CPU (range)',
  'ours, MB',
  'theirs, MB',
];
console.log(`| metric | ${columns.join(' | ')} |`);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const [name, workload] of Object.entries(workloads)) {
  if (name.includes(options.only)) await compare(name, workload);
}
console.log(`\nmedians of ${options.rounds} turns each; load averages at the end: ${load()}`);

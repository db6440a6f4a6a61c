// Seconds and memory that planning takes: sweeps of 100 to 10,000 cells by `validate` and `plan`, the same with every
// result in the cache, and a pipeline of 2,000 lines. docs/performance.md says how to read it.
//
//     node scripts/build.mjs && node bench/planning.mjs [--runs 5] [--only TEXT] [--cells 100,1000,10000]
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { digestBytes, digestJson } from '../dist/base/digest.js';
import { markerFile, markerOf } from '../dist/cache/marker.js';
import { load, machine } from './support/machine.mjs';
import { median, range } from './support/numbers.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    cells: { type: 'string', default: '100,1000,10000' },
  },
});
const beside = (file) => fileURLToPath(new URL(file, import.meta.url));
const main = beside('../dist/cli/main.js');
const folder = mkdtempSync(path.join(os.tmpdir(), 'wassermill-planning-'));

const counted = (count, value) => Array.from({ length: count }, (_, index) => value(index));

const quickstart = readFileSync(beside('../pipelines/quickstart.yaml'), 'utf8');
const replaced = (replacements) =>
  Object.entries(replacements).reduce((text, [written, instead]) => {
    if (!text.includes(written)) throw new Error(`quickstart.yaml has no ${written}`);
    return text.replace(written, instead);
  }, quickstart);

/** A sweep of one axis and seeds: train stages that share all but the learning rate and the seed. */
function withSeeds(cells) {
  const seeds = cells < 10_000 ? 10 : 100;
  const rates = counted(cells / seeds, (index) => ((index + 1) * 1e-5).toPrecision(6));
  return `${replaced({ 'lr: 1e-3': "lr: '${matrix.lr}'" })}
seeds: [${counted(seeds, (index) => index).join(', ')}]
matrix:
  axes:
    lr: [${rates.join(', ')}]
`;
}

/** A sweep of four axes, all of the train stage: no two cells have a stage in common. */
function withAxes(cells) {
  const [iterations, batches] = [cells >= 1000 ? 10 : 1, cells >= 10_000 ? 10 : 1];
  const text = replaced({
    'lr: 1e-3': "lr: '${matrix.lr}'",
    'clip: 0.1': "clip: '${matrix.clip}'",
    'critic_iterations: 5': "critic_iterations: '${matrix.iterations}'",
    'batch_size: 128': "batch_size: '${matrix.batch}'",
  });
  return `${text}
matrix:
  axes:
    lr: [${counted(10, (index) => ((index + 1) * 1e-4).toPrecision(6)).join(', ')}]
    clip: [${counted(10, (index) => ((index + 1) / 100).toPrecision(3)).join(', ')}]
    iterations: [${counted(iterations, (index) => index + 1).join(', ')}]
    batch: [${counted(batches, (index) => 32 * (index + 1)).join(', ')}]
`;
}

/** A pipeline of about so many lines without axes. */
function long(lines) {
  const block = (indent, text) => text.replaceAll(/^(?=.)/gm, ' '.repeat(indent));
  const copies = counted(Math.round(lines / 33), (index) => index);
  const networks = copies.map(
    (index) => `generator_${index}:
  type: mlp_generator
  z_dim: 2
  hidden: [128, 128, 128]
critic_${index}:
  type: mlp_critic
  hidden: [128, 128, 128]
`,
  );
  const stages = copies.map(
    (index) => `train_${index}:
  type: train
  dataset: ring.train
  generator: generator_${index}
  critic: critic_${index}
  objective: wasserstein
  critic_iterations: 5
  clip: 0.1
  optimizer:
    type: rmsprop
    lr: 1e-3
  batch_size: 128
  budget: { generator_steps: ${1500 + index} }
  snapshots:
    every: { generator_steps: 250 }
    samples: 512
quality_${index}:
  type: evaluate
  model: train_${index}
  at: every_snapshot
  reference: ring.test
  samples: 2000
  metrics:
    swd: { type: sliced_wasserstein }
    modes: { type: modes_covered }
`,
  );
  const head = quickstart.slice(0, quickstart.indexOf('architectures:'));
  return `${head}architectures:\n${block(2, networks.join(''))}\nstages:\n${block(2, stages.join(''))}`;
}

/** Runs the command line once, as a user does. Memory is the most that the process held, in bytes. */
function run(args) {
  const reporting =
    'import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));';
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(reporting)}`, main, ...args],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
    );
    const [output, complaints, memory] = [1, 2, 3].map((descriptor) => {
      const texts = [];
      child.stdio[descriptor].on('data', (text) => texts.push(text));
      return texts;
    });
    child.on('close', (code) => {
      const seconds = (performance.now() - start) / 1000;
      if (code !== 0) reject(new Error(`${args.join(' ')} ended with ${code}:\n${complaints.join('')}`));
      else
        resolve({ seconds, bytes: 1024 * Number(memory.join('')), output: Buffer.concat(output).toString() });
    });
  });
}

/** What a stage of this kind leaves, as far as its names go. */
const files = {
  dataset: ['test.npy', 'train.npy'],
  train: [
    'networks.json',
    ...[0, 250, 500, 750, 1000, 1250, 1500].flatMap((step) => [`samples-${step}.png`, `weights-${step}.npz`]),
  ],
  evaluate: ['metrics.json'],
  sample: ['samples.npy', 'samples.png'],
};

/** Puts an artifact of every stage into the store, of files with one byte. */
async function fillStore(file, runs) {
  const { output } = await run(['plan', file, '--json', '--runs', runs]);
  for (const { key, kind } of JSON.parse(output).stages) {
    const directory = path.join(folder, runs, 'store', key.slice(0, 2), key);
    mkdirSync(directory, { recursive: true });
    const described = ['events.jsonl', ...files[kind]].map((name) => {
      writeFileSync(path.join(directory, name), '\n');
      const { size, mtimeMs } = statSync(path.join(directory, name));
      return { path: name, bytes: size, digest: digestBytes('\n'), mtimeMs };
    });
    const marker = markerOf(key, 1.5, described);
    writeFileSync(path.join(directory, markerFile), JSON.stringify({ ...marker, self: digestJson(marker) }));
  }
}

async function measure(name, cells, args) {
  const runs = [];
  for (let index = 0; index < Number(options.runs); index += 1) runs.push(await run(args));
  const seconds = runs.map((one) => one.seconds);
  const row = [
    name,
    cells === undefined ? '' : cells.toLocaleString('en'),
    median(seconds).toFixed(2),
    range(seconds, 2),
    (Math.max(...runs.map(({ bytes }) => bytes)) / 1e6).toFixed(0),
    cells === undefined ? '' : (((median(seconds) - startUp) / cells) * 1000).toFixed(2),
  ];
  console.log(`| ${row.join(' | ')} |`);
  return median(seconds);
}

let startUp = 0;

try {
  console.log(machine());
  console.log(`load averages at the start: ${load()}\n`);
  console.log('| command | cells | seconds | range | MB | ms a cell, without start-up |');
  console.log('|---|---|---|---|---|---|');
  const wanted = (name) => name.includes(options.only);
  const write = (name, text) => {
    writeFileSync(path.join(folder, name), text);
    return name;
  };
  // Every command pays this; a cell does not.
  startUp = await measure('validate quickstart.yaml', undefined, [
    'validate',
    write('quickstart.yaml', quickstart),
  ]);
  if (wanted('2,000 lines')) {
    await measure('validate, 2,000 lines', undefined, ['validate', write('long.yaml', long(2000))]);
  }
  for (const [shape, textOf] of Object.entries({ 'lr x seed': withSeeds, 'four axes': withAxes })) {
    for (const cells of options.cells.split(',').map(Number)) {
      const file = write(`${textOf.name}-${cells}.yaml`, textOf(cells));
      for (const command of ['validate', 'plan']) {
        const name = `${command}, ${shape}`;
        if (wanted(name)) await measure(name, cells, [command, file]);
      }
      const cached = `plan, ${shape}, all cached`;
      if (shape !== 'lr x seed' || !wanted(cached)) continue;
      await fillStore(file, `runs-${cells}`);
      await measure(cached, cells, ['plan', file, '--runs', `runs-${cells}`]);
    }
  }
  console.log(
    `\nmedians of ${options.runs} runs, memory of the largest; load averages at the end: ${load()}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

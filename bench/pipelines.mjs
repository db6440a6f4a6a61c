// Wassermill beside DVC and Snakemake on one chain of shell commands: wall clock, CPU time and memory of a first run, of one
// with nothing to do, and of one after an edit in the middle. docs/performance.md says how to read it.
//
//     npm run bench -- [--stages 100] [--rounds 5] [--only wassermill,dvc,snakemake] [--python-env DIR]
//
// Without --python-env it makes .venv-bench with the peers (scripts/requirements-bench-pipelines.txt) on first use.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { contentOf, middle, ranFile, seedFile } from './support/chain.mjs';
import { load, machine } from './support/machine.mjs';
import { measured } from './support/measured-command.mjs';
import { median, range } from './support/numbers.mjs';
import { dvc, snakemake, wassermill } from './support/pipeline-tools.mjs';

/** @typedef {import('./support/pipeline-tools.mjs').Tool} Tool */
/** @typedef {import('./support/measured-command.mjs').Measured} Measured */

const { values: options } = parseArgs({
  options: {
    stages: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'wassermill,dvc,snakemake' },
    'python-env': { type: 'string' },
  },
});
const stages = atLeast('stages', 2);
const rounds = atLeast('rounds', 1);

/** @param {'stages' | 'rounds'} name @param {number} least */
function atLeast(name, least) {
  const value = Number(options[name]);
  if (!Number.isInteger(value) || value < least) throw new Error(`--${name} is ${least} or more`);
  return value;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const environment = path.resolve(options['python-env'] ?? path.join(root, '.venv-bench'));
if (options['python-env'] === undefined) {
  const requirements = path.join(root, 'scripts', 'requirements-bench-pipelines.txt');
  execFileSync(
    process.execPath,
    [path.join(root, 'scripts', 'python-env.mjs'), '--folder', environment, '--requirements', requirements],
    { stdio: 'inherit' },
  );
}
const bin = path.join(environment, 'bin');
const python = path.join(bin, 'python');
if (!existsSync(python)) throw new Error(`no Python environment in ${environment}`);

const folder = mkdtempSync(path.join(os.tmpdir(), 'wassermill-pipelines-'));
const home = path.join(folder, 'home');
mkdirSync(home);
const known = { wassermill: wassermill(), dvc: dvc(bin, home), snakemake: snakemake(bin, home) };
const contestants = options.only.split(',').map((name) => {
  if (!Object.hasOwn(known, name)) throw new Error(`--only names ${Object.keys(known).join(', ')}`);
  return known[name];
});

/** @param {Tool} tool */
const folderOf = (tool) => path.join(folder, tool.name);

/** What is measured of each tool in a round, in this order. */
const measurements = [
  {
    name: 'first run',
    /** @param {Tool} tool @param {number} count */
    before: (tool, count) => {
      rmSync(folderOf(tool), { recursive: true, force: true });
      mkdirSync(folderOf(tool));
      writeFileSync(path.join(folderOf(tool), seedFile), 'seed\n');
      tool.prepare(folderOf(tool));
      writeChain(tool, { count, edited: false });
    },
    edited: false,
    /** The first stage that runs. */
    from: () => 1,
  },
  {
    name: 'nothing to do',
    before: () => undefined,
    edited: false,
    /** @param {number} count */
    from: (count) => count + 1,
  },
  {
    name: 'edit in the middle',
    /** @param {Tool} tool @param {number} count */
    before: (tool, count) => writeChain(tool, { count, edited: true }),
    edited: true,
    from: middle,
  },
];

/** @param {Tool} tool @param {import('./support/chain.mjs').Chain} chain */
function writeChain(tool, chain) {
  writeFileSync(path.join(folderOf(tool), tool.file), tool.text(chain));
}

/**
 * Measures one run, and sees that it ran what it should have and that every file is right.
 *
 * @param {Tool} tool @param {(typeof measurements)[number]} measurement @param {number} count of stages
 * @returns {Measured}
 */
function run(tool, measurement, count) {
  measurement.before(tool, count);
  const ran = path.join(folderOf(tool), ranFile);
  writeFileSync(ran, '');
  const figures = measured(python, tool.command, { cwd: folderOf(tool), env: tool.env });

  const what = `${tool.name}, ${measurement.name}`;
  const first = measurement.from(count);
  const expected = Array.from({ length: count - first + 1 }, (_, index) => `${first + index}\n`).join('');
  same(`${what}: stages that ran`, readFileSync(ran, 'utf8'), expected);
  const chain = { count, edited: measurement.edited };
  const files = tool.outputs(folderOf(tool), chain);
  same(`${what}: number of files`, files.length, count);
  files.forEach((file, index) =>
    same(`${what}: ${file}`, readFileSync(file, 'utf8'), contentOf(chain, index + 1)),
  );
  return figures;
}

/** @param {string} what @param {string | number} found @param {string | number} expected */
function same(what, found, expected) {
  if (found !== expected)
    throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}

const units = [
  { name: 'seconds', digits: 2, of: (/** @type {Measured} */ { seconds }) => seconds },
  { name: 'CPU seconds', digits: 2, of: (/** @type {Measured} */ { cpuSeconds }) => cpuSeconds },
  { name: 'MB', digits: 0, of: (/** @type {Measured} */ { bytes }) => bytes / 1e6 },
];

/** What the best peer took over what we took, round by round. @param {Map<Tool, number[]>} values of a unit by tool */
function ratio(values) {
  const ours = values.get(known.wassermill);
  const peers = [...values].filter(([tool]) => tool !== known.wassermill).map(([, figures]) => figures);
  if (ours === undefined || peers.length === 0) return '';
  const ratios = ours.map((own, round) => Math.min(...peers.map((peer) => peer[round])) / own);
  return `${median(ratios).toFixed(2)} (${range(ratios, 2)})`;
}

try {
  const disk = execFileSync('stat', ['--file-system', '--format', '%T', folder], { encoding: 'utf8' }).trim();
  console.log(`${machine()}, files on ${disk}`);
  console.log(`load averages at the start: ${load()}\n`);
  for (const { name, settings, program, env } of contestants) {
    const [file, ...args] = [...program, '--version'];
    console.log(`- ${name} ${execFileSync(file, args, { env, encoding: 'utf8' }).trim()}: ${settings}`);
  }
  // Loads the programs from the disk, and compiles Python's modules.
  for (const measurement of measurements) for (const tool of contestants) run(tool, measurement, 2);

  /** @type {Map<string, Map<Tool, Measured[]>>} */
  const results = new Map(
    measurements.map(({ name }) => [name, new Map(contestants.map((tool) => [tool, []]))]),
  );
  for (let round = 0; round < rounds; round += 1) {
    const first = round % contestants.length;
    const turns = [...contestants.slice(first), ...contestants.slice(0, first)];
    for (const measurement of measurements) {
      for (const tool of turns)
        results
          .get(measurement.name)
          .get(tool)
          .push(run(tool, measurement, stages));
    }
  }

  const header = [`${stages} stages`, ...contestants.map(({ name }) => name), 'best peer / Wassermill'];
  console.log(`\n| ${header.join(' | ')} |\n|${header.map(() => '---|').join('')}`);
  for (const [name, tools] of results) {
    for (const unit of units) {
      const values = new Map([...tools].map(([tool, runs]) => [tool, runs.map(unit.of)]));
      const cells = [...values.values()].map(
        (figures) => `${median(figures).toFixed(unit.digits)} (${range(figures, unit.digits)})`,
      );
      console.log(`| ${name}, ${unit.name} | ${cells.join(' | ')} | ${ratio(values)} |`);
    }
  }
  console.log(`\nmedians and ranges of ${rounds} rounds; load averages at the end: ${load()}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// The tools that bench/pipelines.mjs runs, each with the settings that make it fast and that its documentation names.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { dvcText, fileOf, snakemakeText, wassermillText } from './chain.mjs';

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} settings what it runs with, in words
 * @property {string} file name of the pipeline
 * @property {import('./chain.mjs').Writer} text
 * @property {NodeJS.ProcessEnv} env
 * @property {readonly string[]} program without arguments
 * @property {readonly string[]} command of a run, in the folder of the pipeline
 * @property {(folder: string) => void} prepare makes an empty folder ready for a first run; not measured
 * @property {(folder: string, chain: import('./chain.mjs').Chain) => string[]} outputs the files of the stages, in order
 */

/** @type {Tool['outputs']} */
const besideThePipeline = (folder, chain) =>
  Array.from({ length: chain.count }, (_, index) => path.join(folder, fileOf(chain, index + 1)));

/** @returns {Tool} */
export function wassermill() {
  const program = [process.execPath, fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))];
  return {
    name: 'Wassermill',
    settings: 'run -j 1, with its report and MLflow files',
    file: 'chain.yaml',
    text: wassermillText,
    env: process.env,
    program,
    command: [...program, 'run', 'chain.yaml', '-j', '1'],
    prepare: () => undefined,
    outputs: (folder, chain) => {
      const [node, ...args] = [...program, 'plan', 'chain.yaml', '--json'];
      const plan = JSON.parse(
        execFileSync(node, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 }),
      );
      const keys = plan.stages.map(({ key }) => key);
      return keys.map((key, index) =>
        path.join(folder, 'runs', 'store', key.slice(0, 2), key, fileOf(chain, index + 1)),
      );
    },
  };
}

/** @param {string} bin folder of the environment's programs @param {string} home for what it keeps of its own @returns {Tool} */
export function dvc(bin, home) {
  const program = [path.join(bin, 'dvc')];
  const env = withHome(home);
  return {
    name: 'DVC',
    settings:
      'repro --quiet; init --no-scm; core.analytics and core.check_update false, core.site_cache_dir in the project',
    file: 'dvc.yaml',
    text: dvcText,
    env,
    program,
    command: [...program, 'repro', '--quiet'],
    prepare: (folder) => {
      execFileSync(program[0], ['init', '--no-scm', '--quiet'], { cwd: folder, env });
      // By default it keeps what it knows of files outside the project, and a first run would know them.
      const site = path.join(folder, '.dvc', 'site');
      const core = { analytics: false, check_update: false, no_scm: true, site_cache_dir: site };
      const lines = Object.entries(core).map(([name, value]) => `    ${name} = ${value}\n`);
      writeFileSync(path.join(folder, '.dvc', 'config'), `[core]\n${lines.join('')}`);
    },
    outputs: besideThePipeline,
  };
}

/** @param {string} bin folder of the environment's programs @param {string} home for what it keeps of its own @returns {Tool} */
export function snakemake(bin, home) {
  const program = [path.join(bin, 'snakemake')];
  const settings = ['--cores', '1', '--quiet', 'all', '--scheduler', 'greedy'];
  return {
    name: 'Snakemake',
    settings: settings.join(' '),
    file: 'Snakefile',
    text: snakemakeText,
    env: withHome(home),
    program,
    command: [...program, ...settings],
    prepare: () => undefined,
    outputs: besideThePipeline,
  };
}

/** The surroundings without a user's own settings. @param {string} home @returns {NodeJS.ProcessEnv} */
const withHome = (home) => ({
  ...process.env,
  HOME: home,
  XDG_CACHE_HOME: path.join(home, 'cache'),
  XDG_CONFIG_HOME: path.join(home, 'config'),
  XDG_DATA_HOME: path.join(home, 'data'),
});

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const measure = fileURLToPath(new URL('measure.py', import.meta.url));

/**
 * What one command took.
 *
 * @typedef {object} Measured
 * @property {number} seconds wall clock
 * @property {number} cpuSeconds of the command and all its descendants, user and system
 * @property {number} bytes resident memory of the largest process among them, at its peak
 */

/**
 * Runs a command and waits for it.
 *
 * @param {string} python interpreter, 3.9 or later
 * @param {readonly string[]} command program and arguments
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} surroundings
 * @returns {Measured}
 * @throws where the command fails, with what it wrote
 */
export function measured(python, command, { cwd, env }) {
  const { error, stdout, stderr, output } = spawnSync(python, [measure, ...command], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw error;
  const { status, ...figures } = output[3] ? JSON.parse(output[3]) : { status: 'no measurement' };
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return figures;
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { Surroundings } from './surroundings.js';

/**
 * Asks NVIDIA's driver about the machine's GPUs: a row for each, with a cell for each field, without units. Rejects where there
 * is no driver, it refuses, or the signal comes first.
 * @param fields as `nvidia-smi --help-query-gpu` lists them; none whose values have commas
 */
export async function askNvidiaSmi(
  fields: readonly string[],
  environment: Surroundings['environment'],
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const asking = promisify(execFile)(
    'nvidia-smi',
    [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'],
    { env: { PATH: environment['PATH'] }, signal },
  );
  const giveUp = (): void => {
    // Node.js itself sends SIGTERM, which is not sure to end it.
    asking.child.kill('SIGKILL');
    // What hangs in the driver outlives even that; this process must not wait for it at its end.
    asking.child.unref();
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const { stdout } = await asking;
  return stdout
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((row) => row.length === fields.length);
}

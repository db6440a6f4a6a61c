import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { Provenance } from '../execute/events.js';

const run = promisify(execFile);

/**
 * Commit, branch, and whether tracked files differ from the commit; undefined outside a repository or without git.
 * @param environment git finds in it what it is to know of its settings, and nothing of MLflow's, which has passwords.
 */
export async function gitState(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Provenance['git']> {
  const status = ['status', '--porcelain=v2', '--branch', '--untracked-files=no'];
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('MLFLOW_')));
  try {
    const { stdout } = await run('git', ['-C', directory, ...status], { timeout: 10_000, env });
    const commit = /^# branch\.oid ([0-9a-f]+)$/m.exec(stdout)?.[1];
    const head = /^# branch\.head (.+)$/m.exec(stdout)?.[1];
    if (commit === undefined || head === undefined) return undefined;
    return { commit, branch: head === '(detached)' ? 'HEAD' : head, dirty: /^[^#]/m.test(stdout) };
  } catch {
    // Provenance is told where it is known: a missing repository must not keep anyone from running.
    return undefined;
  }
}

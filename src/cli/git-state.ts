import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { Provenance } from '../execute/events.js';

const run = promisify(execFile);

/** Commit, branch, and whether tracked files differ from the commit; undefined outside a repository or without git. */
export async function gitState(directory: string): Promise<Provenance['git']> {
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', ['-C', directory, ...args], { timeout: 10_000 });
    return stdout.trim();
  };
  try {
    const [commit, branch, changes] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('rev-parse', '--abbrev-ref', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=no'),
    ]);
    return { commit, branch, dirty: changes !== '' };
  } catch {
    // Provenance is told where it is known: a missing repository must not keep anyone from running.
    return undefined;
  }
}

import path from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { nearest } from '../base/suggest.js';
import type { RunRecord } from '../execute/record.js';
import { shownPath } from '../files/shown-path.js';
import { historyOf, readRun, runIdsIn } from '../tracking/history.js';
import { exitCode, type ExitCode } from './exit-code.js';
import type { Surroundings } from './surroundings.js';

export interface FoundRun {
  readonly name: string;
  /** Absolute path of its own folder. */
  readonly folder: string;
  readonly record: RunRecord;
}

/**
 * A past run by its name, or the latest where none is given. Where there is no such run, standard error says so, and
 * the error is what to exit with.
 * @param runs Absolute path of the folder of outputs.
 */
export async function findRun(
  name: string | undefined,
  runs: string,
  { directory, stderr }: Pick<Surroundings, 'directory' | 'stderr'>,
): Promise<Result<FoundRun, ExitCode>> {
  const names = await runIdsIn(runs);
  const run = name ?? names.at(-1);
  if (run === undefined || !names.includes(run)) {
    const near = nearest(run ?? '', names);
    const shown = shownPath(runs, directory);
    stderr.write(
      `error: ${run === undefined ? `there are no runs in ${shown}` : `there is no run ${run} in ${shown}`}\n`,
    );
    const latest = names.at(-1);
    if (near !== undefined) stderr.write(`  help: did you mean ${near}?\n`);
    else if (latest !== undefined) stderr.write(`  help: the latest is ${latest}\n`);
    return err(exitCode.usage);
  }
  const folder = path.join(historyOf(runs), run);
  const record = await readRun(folder);
  if (record === undefined) {
    stderr.write(`error: the journal of ${run} is empty: it was killed before it began\n`);
    return err(exitCode.failed);
  }
  return ok({ name: run, folder, record });
}

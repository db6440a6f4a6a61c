import path from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { nearest } from '../base/suggest.js';
import type { RunRecord } from '../execute/record.js';
import { shownPath } from '../files/shown-path.js';
import { historyOf, readRun, runIdsIn } from '../tracking/history.js';
import { exitCode, type ExitCode } from './exit-code.js';
import type { Surroundings } from './surroundings.js';

/** The name of a run, or of the latest where none is given; otherwise what to print. */
export async function runNamed(
  name: string | undefined,
  runs: string,
  directory: string,
): Promise<Result<string, string>> {
  const names = await runIdsIn(runs);
  const latest = names.at(-1);
  const run = name ?? latest;
  if (run !== undefined && names.includes(run)) return ok(run);
  const shown = shownPath(runs, directory);
  if (run === undefined) return err(`error: there are no runs in ${shown}\n`);
  const near = nearest(run, names);
  const help =
    near !== undefined ? `did you mean ${near}?` : latest === undefined ? '' : `the latest is ${latest}`;
  return err(`error: there is no run ${run} in ${shown}\n${help === '' ? '' : `  help: ${help}\n`}`);
}

export interface FoundRun {
  readonly name: string;
  /** Absolute path of its own folder. */
  readonly folder: string;
  readonly record: RunRecord;
}

/**
 * The name of the latest run that has begun: one that was killed while it made its folder has done nothing, and stands in the way
 * of nothing that was done before. Undefined where no run has.
 */
export async function latestBegun(runs: string): Promise<string | undefined> {
  for (const name of (await runIdsIn(runs)).toReversed()) {
    if ((await readRun(path.join(historyOf(runs), name))) !== undefined) return name;
  }
  return undefined;
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
  const named = await runNamed(name, runs, directory);
  if (!named.ok) {
    stderr.write(named.error);
    return err(exitCode.usage);
  }
  const run = named.value;
  const folder = path.join(historyOf(runs), run);
  const record = await readRun(folder);
  if (record === undefined) {
    stderr.write(`error: the journal of ${run} is empty: it was killed before it began\n`);
    return err(exitCode.failed);
  }
  return ok({ name: run, folder, record });
}

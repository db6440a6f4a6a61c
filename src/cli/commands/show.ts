import { existsSync } from 'node:fs';

import { finiteOrWord } from '../../base/finite-or-word.js';
import { shownPath } from '../../files/shown-path.js';
import { mlflowPlaces } from '../../tracking/whereabouts.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { findRun, type FoundRun } from '../find-run.js';
import { essentialsOf, type Whereabouts } from '../run-essentials.js';
import { logIn, reportIn } from '../run-folder.js';
import type { Surroundings } from '../surroundings.js';
import { widthOf } from '../terminal-features.js';
import { lookOf } from '../terminal/look.js';
import { accountLines } from '../terminal/run-account.js';

export interface ShowOptions {
  /** Absolute path of the folder of outputs. */
  readonly runs: string;
  readonly json: boolean;
}

/** Says what a past run was and gave, from its journal; of one under way, as far as it has come. */
export async function show(
  name: string | undefined,
  { runs, json }: ShowOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { directory, stdout, environment, now } = surroundings;
  const found = await findRun(name, runs, surroundings);
  if (!found.ok) return found.error;
  const whereabouts = await whereaboutsOf(found.value, runs, directory);
  if (json) {
    stdout.write(`${JSON.stringify(essentialsOf(found.value, whereabouts), finiteOrWord)}\n`);
    return exitCode.ok;
  }
  const { record } = found.value;
  const look = lookOf(stdout, environment);
  const account = { record, places: placesOf(whereabouts, name, directory), now: now() };
  const lines = accountLines(account, widthOf(stdout), look);
  stdout.write(look.spell(`${lines.join('\n')}\n`));
  return exitCode.ok;
}

async function whereaboutsOf(
  { folder, record }: FoundRun,
  runs: string,
  directory: string,
): Promise<Whereabouts> {
  const ifThere = (file: string) => (existsSync(file) ? file : null);
  return {
    report: ifThere(reportIn(folder)),
    log: ifThere(logIn(folder)),
    mlflow: record.end === undefined ? [] : await mlflowPlaces(runs, folder, directory),
  };
}

/** Commands and addresses as they are typed from here. */
function placesOf(
  { report, log, mlflow }: Whereabouts,
  name: string | undefined,
  directory: string,
): readonly (readonly [string, string])[] {
  const unwritten = `not written: wassermill report${name === undefined ? '' : ` ${name}`}`;
  return [
    ['Report', report === null ? unwritten : shownPath(report, directory)],
    ...(log === null ? [] : [['Log', shownPath(log, directory)] as const]),
    ...mlflow.map((place) => ['MLflow', place] as const),
  ];
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { writeFileAtomic } from '../../files/atomic-write.js';
import { shownPath } from '../../files/shown-path.js';
import { renderReport } from '../../report/report.js';
import { historyOf, readRun } from '../../tracking/history.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { findRun } from '../find-run.js';
import type { Surroundings } from '../surroundings.js';

/** Writes a run's report again: of a run that was killed before it could, or with a newer version. */
export async function report(
  name: string | undefined,
  runs: string,
  { directory, stdout, stderr, now }: Surroundings,
): Promise<ExitCode> {
  const found = await findRun(name, runs, directory);
  if (!found.ok) {
    stderr.write(found.error);
    return exitCode.usage;
  }
  const run = found.value;
  const folder = path.join(historyOf(runs), run);
  const record = await readRun(folder);
  if (record === undefined) {
    stderr.write(`error: the journal of ${run} is empty: it was killed before it began\n`);
    return exitCode.failed;
  }
  const file = path.join(folder, 'report.html');
  await writeFileAtomic(
    file,
    await renderReport(record, { readFile: (source) => readFile(source), now: now() }),
  );
  stdout.write(`${shownPath(file, directory)}\n`);
  return exitCode.ok;
}

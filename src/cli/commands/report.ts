import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { nearest } from '../../base/suggest.js';
import { writeFileAtomic } from '../../files/atomic-write.js';
import { shownPath } from '../../files/shown-path.js';
import { renderReport } from '../../report/report.js';
import { historyOf, readRun, runIdsIn } from '../../tracking/history.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import type { Surroundings } from '../surroundings.js';

/** Writes a run's report again: of a run that was killed before it could, or with a newer version. */
export async function report(
  name: string | undefined,
  runs: string,
  { directory, stdout, stderr, now }: Surroundings,
): Promise<ExitCode> {
  const names = await runIdsIn(runs);
  const run = name ?? names.at(-1);
  if (run === undefined || !names.includes(run)) {
    const near = nearest(run ?? '', names);
    const shown = shownPath(runs, directory);
    stderr.write(
      `error: ${run === undefined ? `there are no runs in ${shown}` : `there is no run ${run} in ${shown}`}\n`,
    );
    if (near !== undefined) stderr.write(`  help: did you mean ${near}?\n`);
    return exitCode.usage;
  }
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

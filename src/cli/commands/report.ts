import { readFile } from 'node:fs/promises';

import { writeFileAtomic } from '../../files/atomic-write.js';
import { shownPath } from '../../files/shown-path.js';
import { renderReport } from '../../report/report.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { findRun } from '../find-run.js';
import { reportIn } from '../run-folder.js';
import type { Surroundings } from '../surroundings.js';

/** Writes a run's report again: of a run that was killed before it could, or with a newer version. */
export async function report(
  name: string | undefined,
  runs: string,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { directory, stdout, now } = surroundings;
  const found = await findRun(name, runs, surroundings);
  if (!found.ok) return found.error;
  const { folder, record } = found.value;
  const file = reportIn(folder);
  await writeFileAtomic(
    file,
    await renderReport(record, { readFile: (source) => readFile(source), now: now() }),
  );
  stdout.write(`${shownPath(file, directory)}\n`);
  return exitCode.ok;
}

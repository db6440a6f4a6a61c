import { shellWord } from '../../base/shell-word.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { isThrough } from '../../execute/events.js';
import { shownPath } from '../../files/shown-path.js';
import { frozenBaselines } from '../../plan/baselines.js';
import { serverBaselines } from '../baselines.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { findRun, latestBegun } from '../find-run.js';
import { assertionsIn } from '../lock/contract.js';
import { hasSameKeys, planDifferences } from '../lock/differences.js';
import { planLock } from '../lock/plan-lock.js';
import { readLock } from '../lock/read-lock.js';
import { planPipeline, type PlannedPipeline } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import { lockIn } from '../run-folder.js';
import type { Surroundings } from '../surroundings.js';
import { run, type RunCommandOptions } from './run.js';

/**
 * Goes on with a run that was interrupted, failed or killed, just as it was begun. Refused, with all that is different,
 * where the pipeline, its data, the code or TensorFlow have changed since: that would be another run.
 */
export async function resume(
  name: string | undefined,
  options: Omit<RunCommandOptions, 'backend' | 'overrides' | 'force'>,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { directory, stderr } = surroundings;
  const found = await findRun(name ?? (await latestBegun(options.runs)), options.runs, surroundings);
  if (!found.ok) return found.error;
  const { name: begun, folder, record } = found.value;
  if (isThrough(record.end?.outcome)) {
    const end = record.end?.outcome === 'succeeded' ? 'succeeded' : 'ran to its end, and a gate did not pass';
    stderr.write(`error: ${begun} ${end}: there is nothing to go on with\n`);
    stderr.write('  help: name a run that was interrupted, or begin one with `wassermill run FILE`\n');
    return exitCode.usage;
  }
  const lock = shownPath(lockIn(folder), directory);
  const planned = await planLock(lock, options.runs, surroundings);
  const changes = planned.ok
    ? await changesSince(lock, planned.value, options.runs, surroundings)
    : planned.error;
  if (changes.length > 0 || !planned.ok) {
    printDiagnostics(changes, options.json ? 'json-lines' : 'text', surroundings);
    return exitCode.usage;
  }
  const { backend } = planned.value.planned.plan;
  return run({ lock }, { ...options, backend, overrides: [], force: false }, surroundings);
}

/** What the pipeline file says otherwise than when the run was begun. A file that is gone says nothing. */
async function changesSince(
  lockName: string,
  begun: PlannedPipeline,
  runs: string,
  surroundings: Surroundings,
): Promise<readonly Diagnostic[]> {
  const lock = await readLock(lockName, surroundings.directory);
  if (!lock.ok) return lock.error;
  const { overrides, directory } = begun.changes;
  const file = begun.source.path;
  const { backend } = begun.planned.plan;
  const readBaseline = frozenBaselines(
    assertionsIn(lock.value.content),
    serverBaselines(surroundings.environment),
  );
  const options = { backend, runs, overrides, readBaseline };
  const now = await planPipeline(file, options, { ...surroundings, directory });
  if (!now.ok) return now.error.some(({ code }) => code === 'pipeline-unreadable') ? [] : now.error;
  if (hasSameKeys(lock.value.content, now.value.planned)) return [];
  const [asIs, asWas] = [shownPath(file, surroundings.directory), lockName].map(shellWord);
  return planDifferences(
    lock.value.content,
    now.value.planned,
    { digestOf: (source) => now.value.sources.answered(source), faultOf: () => undefined },
    {
      name: 'the file',
      help: `\`wassermill run ${asIs ?? ''}\` begins anew with the file as it is, \`wassermill run --plan ${asWas ?? ''}\` goes on with what it was`,
    },
  );
}

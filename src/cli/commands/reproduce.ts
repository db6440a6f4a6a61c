import path from 'node:path';

import { plural } from '../../base/format.js';
import { required } from '../../base/invariant.js';
import { openStore } from '../../cache/store.js';
import { isThrough, type RunEvent } from '../../execute/events.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { findRun } from '../find-run.js';
import { intendedRun } from '../intended-run.js';
import { interruptible } from '../interrupts.js';
import { planLock } from '../lock/plan-lock.js';
import { prepareBackend } from '../native-backend.js';
import { runnablePipeline } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import { withRecordedBudgets } from '../reproduce/recorded-budgets.js';
import { isReproduced, reproductionJson, reproductionText, type Reproduction } from '../reproduce/telling.js';
import { provenanceDifferences, verdictsOf } from '../reproduce/verdicts.js';
import { lockIn } from '../run-folder.js';
import { stageStarter } from '../stage-starter.js';
import type { Surroundings } from '../surroundings.js';
import { runUnrecorded } from '../unrecorded-run.js';

export interface ReproduceOptions {
  /** Absolute path of the folder of outputs. */
  readonly runs: string;
  readonly jobs: number;
  readonly json: boolean;
}

/**
 * Runs every stage of a finished run once more, from its own record and apart from the store, and compares what comes
 * out. Exits with 0 where all of it is equal to the last bit, with 1 where not, and with 2 where the run cannot be run
 * here as it was: data, code or TensorFlow are other ones.
 */
export async function reproduce(
  name: string | undefined,
  { runs, jobs, json }: ReproduceOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { stdout, stderr } = surroundings;
  const found = await findRun(name, runs, surroundings);
  if (!found.ok) return found.error;
  const { name: run, folder, record } = found.value;
  if (!isThrough(record.end?.outcome)) {
    stderr.write(`error: ${run} did not succeed: there is nothing to compare with\n`);
    stderr.write('  help: name a run that did\n');
    return exitCode.usage;
  }
  const planned = await planLock(lockIn(folder), runs, surroundings);
  const runnable = planned.ok ? runnablePipeline(planned.value, { commands: true }) : planned;
  if (!runnable.ok) {
    printDiagnostics(runnable.error, json ? 'json-lines' : 'text', surroundings);
    return exitCode.usage;
  }
  const { plan } = runnable.value.planned;
  const intended = await intendedRun(runnable.value, surroundings.environment);
  const store = await openStore(path.join(runs, 'store'));
  const { signal, release } = interruptible();
  try {
    const workerVariables = await prepareBackend(plan.backend, surroundings, signal);
    if (!workerVariables.ok) return workerVariables.error;
    // In a draft of the store: on its file system, and removed by the next run should this process be killed.
    const draft = await store.begin(required(plan.stages[0], 'a stage').key);
    const starter = stageStarter({
      ...surroundings,
      workerVariables: workerVariables.value,
      onLine: () => undefined,
    });
    try {
      if (!json) stdout.write(`${run}: ${plural(plan.stages.length, 'stage')} once more\n`);
      const again = await runUnrecorded(
        plan,
        intended,
        {
          cache: await openStore(path.join(draft.directory, 'store')),
          starter: { ...starter, any: withRecordedBudgets(starter.any, record) },
          jobs,
          signal,
          onEvent: (event) => sayProgress(event, surroundings),
        },
        surroundings,
      );
      if (signal.aborted) return exitCode.interrupted;
      const reproduction: Reproduction = {
        run,
        verdicts: verdictsOf(record, again),
        differences: provenanceDifferences(record.start.provenance, intended.provenance),
      };
      stdout.write(json ? reproductionJson(reproduction) : reproductionText(reproduction));
      return isReproduced(reproduction) ? exitCode.ok : exitCode.failed;
    } finally {
      starter.close();
      await draft.discard();
    }
  } finally {
    release();
  }
}

/** Long trainings follow one another in silence otherwise. */
function sayProgress(event: RunEvent, { stderr }: Surroundings): void {
  if (event.type === 'stage_started' && stderr.isTTY) stderr.write(`  ${event.stage} ...\n`);
}

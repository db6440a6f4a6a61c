import path from 'node:path';

import { formatCount } from '../../base/format.js';
import { invariant, required } from '../../base/invariant.js';
import { err, ok, type Result } from '../../base/result.js';
import { shellWord } from '../../base/shell-word.js';
import type { Cache } from '../../cache/contract.js';
import { openStore } from '../../cache/store.js';
import type { StageInput } from '../../execute/contract.js';
import type { StageFailure } from '../../execute/events.js';
import type { RunRecord } from '../../execute/record.js';
import type { RunnablePlan, RunnableStage, StageId } from '../../plan/types.js';
import { explainFailure } from '../../report/failure.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { intendedRun } from '../intended-run.js';
import { interruptible } from '../interrupts.js';
import { prepareBackend } from '../native-backend.js';
import { findCell } from '../planned/find-cell.js';
import { planPipeline, runnablePipeline, type PlanningOptions } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import { stageStarter } from '../stage-starter.js';
import type { Surroundings } from '../surroundings.js';
import { runUnrecorded } from '../unrecorded-run.js';
import { lastStep, type Attempt, type TrialOptions } from '../verify-resume/attempt.js';
import { planOfInputs } from '../verify-resume/inputs.js';
import { resumeTrial } from '../verify-resume/trial.js';
import { attemptLine, verdictJson, verdictOf, verdictText } from '../verify-resume/verdict.js';

export interface VerifyResumeOptions extends PlanningOptions {
  /** Generator steps of the trial; an odd number counts as the next even one. */
  readonly steps: number;
  readonly json: boolean;
}

/**
 * Proves for a training of the user's own pipeline, cut to some generator steps, that being killed and going on from a
 * checkpoint changes no bit of what comes out. Exits with 0 where that holds, and with 1 where not.
 */
export async function verifyResume(
  file: string,
  cell: string | undefined,
  options: VerifyResumeOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { stderr } = surroundings;
  const planned = await planPipeline(file, options, surroundings);
  const runnable = planned.ok ? runnablePipeline(planned.value, { commands: true }) : planned;
  printDiagnostics(
    runnable.ok ? runnable.value.warnings : runnable.error,
    options.json ? 'json-lines' : 'text',
    surroundings,
  );
  if (!runnable.ok) return exitCode.usage;
  const { plan } = runnable.value.planned;
  const chosen = trainingIn(plan, cell);
  if (!chosen.ok) {
    stderr.write(chosen.error);
    return exitCode.usage;
  }
  const stage = chosen.value;
  const cache = await openStore(path.join(options.runs, 'store'));
  await runnable.value.sources.save();
  const { signal, release } = interruptible();
  try {
    const workerVariables = await prepareBackend(plan.backend, surroundings, signal);
    if (!workerVariables.ok) return workerVariables.error;
    const starter = stageStarter({
      ...surroundings,
      workerVariables: workerVariables.value,
      onLine: () => undefined,
    });
    try {
      const intended = await intendedRun(runnable.value, surroundings.environment);
      const around = { cache, starter, signal, jobs: 1 };
      const made = await runUnrecorded(planOfInputs(plan, stage), intended, around, surroundings);
      const failed = failureIn(made);
      if (failed !== undefined) return sayFailure(failed, file, signal, surroundings);
      const trial = {
        stage,
        dataset: datasetOf(stage, made),
        backend: plan.backend,
        steps: 2 * Math.ceil(options.steps / 2),
        startWorker: starter.workers,
        signal,
      };
      return await tryResuming(trial, plan, cache, options.json, surroundings);
    } finally {
      starter.close();
    }
  } finally {
    release();
  }
}

async function tryResuming(
  trial: TrialOptions,
  plan: RunnablePlan,
  cache: Cache,
  json: boolean,
  { stdout, stderr }: Surroundings,
): Promise<ExitCode> {
  const { stage, steps, signal } = trial;
  const say = (text: string): void => {
    if (!json) stdout.write(text);
  };
  say(`${stage.id}, for ${formatCount(steps)} generator steps${othersOf(plan)}\n`);
  const outcome = await resumeTrial(trial, cache, (name, attempt) => {
    if (attempt.result.ok === (name !== 'killed')) say(`  ${attemptLine(name, attempt, steps)}\n`);
  });
  if (outcome.ok) {
    const verdict = verdictOf(stage.id, steps, outcome.value);
    stdout.write(json ? verdictJson(verdict) : verdictText(verdict));
    return verdict.differences.length === 0 ? exitCode.ok : exitCode.failed;
  }
  if (signal.aborted) return exitCode.interrupted;
  stderr.write(troubleWith(outcome.error, steps));
  return exitCode.failed;
}

/** Why an attempt that did not end as it was to says nothing of resuming. */
function troubleWith(attempt: Attempt, steps: number): string {
  if (!attempt.result.ok) return `error: the training ${failureWords(attempt.result.error)}\n`;
  const made = lastStep(attempt);
  return made < steps
    ? `error: the training diverged at generator step ${formatCount(made)}, which ends it\n  help: try fewer steps\n`
    : 'error: the training ended each time before it could be killed\n  help: try more steps, as in --steps 400\n';
}

interface FailedStage {
  readonly stage: StageId;
  readonly failure: StageFailure;
}

function failureIn({ stages }: RunRecord): FailedStage | undefined {
  const failed = stages.flatMap(({ stage, outcome }) =>
    outcome.state === 'failed' ? [{ stage: stage.id, failure: outcome.failure }] : [],
  );
  return failed[0];
}

function sayFailure(
  { stage, failure }: FailedStage,
  file: string,
  signal: AbortSignal,
  { stderr }: Surroundings,
): ExitCode {
  if (signal.aborted) return exitCode.interrupted;
  stderr.write(`error: ${stage} ${failureWords(failure)}\n`);
  stderr.write(`  help: \`wassermill run ${shellWord(file)}\` says more\n`);
  return exitCode.failed;
}

function datasetOf(stage: TrainStage, { stages }: RunRecord): StageInput {
  const { stage: id, split } = required(stage.inputs[0], `the dataset of ${stage.id}`);
  const outcome = required(
    stages.find((made) => made.stage.id === id),
    id,
  ).outcome;
  invariant(outcome.state === 'succeeded', `${id} is made`);
  return { stage: id, directory: outcome.artifact.directory, ...(split !== undefined && { split }) };
}

type TrainStage = RunnableStage & { readonly kind: 'train' };

/** The training that a name means; the plan's first where none is given. Else what to print. */
function trainingIn({ stages }: RunnablePlan, cell: string | undefined): Result<TrainStage, string> {
  if (cell === undefined) {
    const first = stages.find(isTraining);
    return first ? ok(first) : err('error: this pipeline has no train stage\n');
  }
  const found = findCell(cell, stages);
  if (!found.ok) return err(`error: ${found.error.message}\n  help: ${found.error.help}\n`);
  if (isTraining(found.value)) return ok(found.value);
  return err(`error: ${cell} is no train stage: only trainings have checkpoints\n`);
}

function isTraining(stage: RunnableStage): stage is TrainStage {
  return stage.kind === 'train';
}

function othersOf({ stages }: RunnablePlan): string {
  const count = stages.filter(isTraining).length;
  return count === 1 ? '' : ` (of ${formatCount(count)} trainings; name another to verify that)`;
}

function failureWords(failure: StageFailure): string {
  const { verb, message } = explainFailure(failure);
  return message === undefined ? verb : `${verb}: ${message}`;
}

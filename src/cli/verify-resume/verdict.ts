import { formatCount, plural } from '../../base/format.js';
import type { StageId } from '../../plan/types.js';
import { lastStep, type Attempt } from './attempt.js';
import type { AttemptName, Trial } from './trial.js';

/** What the trial of a training came to. */
export interface TrialVerdict {
  readonly stage: StageId;
  /** Generator steps of the whole training. */
  readonly steps: number;
  readonly trial: Trial;
  /** A line each; none where being killed has changed nothing. */
  readonly differences: readonly string[];
}

export function verdictOf(stage: StageId, steps: number, trial: Trial): TrialVerdict {
  const { killed, resumed, comparison } = trial;
  // One that went back, after a divergence, has a checkpoint of the step that it went back to.
  const wentBack = killed.events.some((event) => event.type === 'rolled_back' && event.to === resumed.before);
  const wentOn = resumed.before >= steps / 2 || wentBack;
  const differences = [
    ...(wentOn ? [] : ['it did not go on from the checkpoint']),
    ...comparison.differences,
  ];
  return { stage, steps, trial, differences };
}

/** What an attempt has done, once it has ended as it was to. */
export function attemptLine(name: AttemptName, attempt: Attempt, steps: number): string {
  switch (name) {
    case 'straight':
      return `straight  made ${plural(lastStep(attempt), 'generator step')}`;
    case 'killed':
      return `killed    by SIGKILL after ${plural(lastStep(attempt), 'generator step')}`;
    case 'resumed':
      return `resumed   from the checkpoint at ${formatCount(attempt.before)}, made ${plural(steps - attempt.before, 'generator step')}`;
  }
}

export function verdictText({ trial, differences }: TrialVerdict): string {
  if (differences.length > 0) return `Not equal:\n${differences.map((line) => `  ${line}\n`).join('')}`;
  const { files, tensors, metrics } = trial.comparison;
  const counts = [plural(tensors, 'tensor'), plural(metrics, 'metric value'), plural(files, 'file')];
  return `Equal to the last bit: ${counts.join(', ')}.\n`;
}

/** The same for machines, as a line. */
export function verdictJson({ stage, steps, trial, differences }: TrialVerdict): string {
  const { killed, resumed, comparison } = trial;
  const { files, tensors, metrics } = comparison;
  const verdict = {
    type: 'verify_resume',
    stage,
    steps,
    equal: differences.length === 0,
    killed: { after: lastStep(killed) },
    resumed: { from: resumed.before, made: steps - resumed.before },
    compared: { tensors, metrics, files },
    differences,
  };
  return `${JSON.stringify(verdict)}\n`;
}

import { availableParallelism } from 'node:os';
import path from 'node:path';

import { InvalidArgumentError, Option } from 'commander';

import { failureModes } from '../../execute/failure-mode.js';
import { chooseFlavour } from '../../native/host.js';
import type { BackendName } from '../../plan/types.js';
import type { CheckpointInterval } from '../../execute/contract.js';
import { checkpointIntervalOf, defaultCheckpointInterval } from '../checkpoint-interval.js';
import { logLevels } from '../log-levels.js';
import type { PlanningOptions } from '../planning.js';

/** Flags of all commands that plan a pipeline. */
export interface PlanningFlags {
  readonly set: readonly string[];
  readonly backend?: BackendName;
  readonly runs: string;
}

export const runsOption = new Option('--runs <folder>', 'folder of outputs')
  .default('runs')
  .env('WASSERMILL_RUNS');

export const backendOption = new Option(
  '--backend <name>',
  'native: TensorFlow; gpu: TensorFlow on an NVIDIA GPU; cpu: pure JavaScript, slow (default: gpu where there is one, else native)',
).choices(['native', 'gpu', 'cpu']);

export const setOption = new Option(
  '-S, --set <assignment>',
  'change the pipeline: path=value, +path=value, ++path=value, ~path (may be given several times)',
)
  .argParser((text: string, before: readonly string[]) => [...before, text])
  .default([], 'none');

export const jobsOption = new Option('-j, --jobs <count>', 'stages at once')
  .argParser(positiveInteger)
  .default(Math.max(1, availableParallelism() >> 1));

export const onFailureOption = new Option(
  '--on-failure <mode>',
  'when a stage has failed, stop: start nothing new; continue: run what does not depend on it; kill: stop what runs, too (default: continue for files with axes, else stop)',
).choices(failureModes);

export const keepGoingOption = new Option('-k, --keep-going', 'the same as --on-failure continue').conflicts(
  'onFailure',
);

export const stepsOption = new Option('--steps <count>', 'generator steps of the trial')
  .argParser(positiveInteger)
  .default(100);

export const checkpointOption = new Option(
  '--checkpoint-every <interval>',
  'how often trainings save how far they have come: 30s, 5min, 1h, or a number of generator steps',
)
  .argParser(checkpointInterval)
  .default(defaultCheckpointInterval, '30s');

export const logLevelOption = new Option(
  '--log-level <level>',
  'log to standard error too, from this level',
).choices(logLevels);

export function planningOptions(
  { backend, runs, set }: PlanningFlags,
  directory: string,
): Required<Omit<PlanningOptions, 'readBaseline'>> {
  return { backend: backend ?? chooseFlavour(), runs: path.resolve(directory, runs), overrides: set };
}

function checkpointInterval(text: string): CheckpointInterval {
  const interval = checkpointIntervalOf(text);
  if (interval) return interval;
  throw new InvalidArgumentError('It must be a time, as in 30s, 5min or 1h, or a number of generator steps.');
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

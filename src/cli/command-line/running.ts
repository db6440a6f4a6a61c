import path from 'node:path';

import { Option, type Command } from 'commander';

import type { CheckpointInterval } from '../../execute/contract.js';
import type { FailureMode } from '../../execute/failure-mode.js';
import type { LogLevel } from '../log-levels.js';
import type { PipelineInput } from '../plan-input.js';
import type { Surroundings } from '../surroundings.js';
import type { Answer } from './answer.js';
import {
  backendOption,
  checkpointOption,
  jobsOption,
  keepGoingOption,
  logLevelOption,
  onFailureOption,
  planningOptions,
  runsOption,
  setOption,
  stepsOption,
  type PlanningFlags,
} from './options.js';

interface PlanFlags extends PlanningFlags {
  readonly force?: boolean;
  readonly json?: boolean;
  /** False with --no-commands. */
  readonly commands?: boolean;
  /** A frozen plan in place of a file. */
  readonly plan?: string;
  readonly out?: string;
}

interface RunFlags extends PlanFlags {
  readonly dryRun?: boolean;
  readonly jobs: number;
  readonly onFailure?: FailureMode;
  readonly keepGoing?: boolean;
  readonly logLevel?: LogLevel;
  readonly checkpointEvery: CheckpointInterval;
}

type ResumeFlags = Omit<RunFlags, 'set' | 'backend'>;

interface VerifyResumeFlags extends PlanningFlags {
  readonly steps: number;
  readonly json?: boolean;
}

/** The commands that plan a pipeline, and run what they plan. */
export function addRunningCommands(program: Command, surroundings: Surroundings, answer: Answer): void {
  program
    .command('run')
    .description('run a pipeline: what is not cached')
    .argument('[file]', 'pipeline, as in pipelines/quickstart.yaml')
    .addOption(frozenPlanOption('run a frozen plan in place of a file, just as it is'))
    .option('-n, --dry-run', 'say what would run, and run nothing')
    .addOption(jobsOption)
    .addOption(onFailureOption)
    .addOption(keepGoingOption)
    .option('-f, --force', 'run every stage although it is cached')
    .addOption(checkpointOption)
    .option('--no-commands', 'refuse a pipeline with command stages: it runs no code of its own then')
    .addOption(setOption)
    .addOption(backendOption)
    .addOption(runsOption)
    .option('--json', 'one JSON object a line on standard output: the events')
    .addOption(logLevelOption)
    .action(async (file: string | undefined, flags: RunFlags, command: Command) => {
      const input = inputOf(file, flags, command);
      answer(await (flags.dryRun === true ? planCommand(input, flags, true) : runCommand(input, flags)));
    });

  program
    .command('resume')
    .description(
      'go on with a run that was interrupted; refused, with the difference, where the pipeline has changed',
    )
    .argument('[run]', 'its name (default: the latest)')
    .addOption(jobsOption)
    .addOption(onFailureOption)
    .addOption(keepGoingOption)
    .option('--no-commands', 'refuse a pipeline with command stages: it runs no code of its own then')
    .addOption(checkpointOption)
    .addOption(runsOption)
    .option('--json', 'one JSON object a line on standard output: the events')
    .addOption(logLevelOption)
    .action(async (name: string | undefined, flags: ResumeFlags) => {
      const { resume } = await import('../commands/resume.js');
      const { runs, json = false, commands = true } = flags;
      const absolute = path.resolve(surroundings.directory, runs);
      const options = { runs: absolute, json, commands, ...executionOptions(flags) };
      answer(await resume(name, options, surroundings));
    });

  program
    .command('plan')
    .description('say what a run would do')
    .argument('[file]', 'pipeline')
    .option('--out <lock>', 'freeze the plan in a file, for `wassermill run --plan`')
    .addOption(frozenPlanOption('see whether a frozen plan still holds').conflicts('out'))
    .option('-f, --force', 'as if every stage were to run again')
    .option('--no-commands', 'refuse a pipeline with command stages')
    .addOption(setOption)
    .addOption(backendOption)
    .addOption(runsOption)
    .option('--json', 'the whole plan as JSON, on one line')
    .action(async (file: string | undefined, flags: PlanFlags, command: Command) =>
      answer(await planCommand(inputOf(file, flags, command), flags, false)),
    );

  program
    .command('explain')
    .description('say why stages are to run: what has changed since they last did')
    .argument('<file>', 'pipeline')
    .argument('[cell]', 'one stage, as in train@clip=0.1,seed=2 (default: all that are to run)')
    .option('-f, --force', 'as if every stage were to run again')
    .addOption(setOption)
    .addOption(backendOption)
    .addOption(runsOption)
    .option('--json', 'as JSON, on one line')
    .action(async (file: string, cell: string | undefined, flags: PlanFlags) => {
      const { explain } = await import('../commands/explain.js');
      answer(await explain(file, cell, planOptions(flags), surroundings));
    });

  program
    .command('verify-resume')
    .description(
      'prove that a training which is killed, and goes on from a checkpoint, ends with the same bits',
    )
    .argument('<file>', 'pipeline')
    .argument('[cell]', 'which train stage, as in train@clip=0.1,seed=2 (default: the first)')
    .addOption(stepsOption)
    .addOption(setOption)
    .addOption(backendOption)
    .option('--json', 'as JSON, on one line')
    .addOption(runsOption)
    .action(async (file: string, cell: string | undefined, flags: VerifyResumeFlags) => {
      const { verifyResume } = await import('../commands/verify-resume.js');
      const { steps, json = false } = flags;
      const options = { ...planningOptions(flags, surroundings.directory), steps, json };
      answer(await verifyResume(file, cell, options, surroundings));
    });

  async function runCommand(input: PipelineInput, flags: RunFlags) {
    const { run } = await import('../commands/run.js');
    return run(input, { ...planOptions(flags), ...executionOptions(flags) }, surroundings);
  }

  async function planCommand(input: PipelineInput, flags: PlanFlags, asRun: boolean) {
    const { plan } = await import('../commands/plan.js');
    return plan(input, { ...planOptions(flags), asRun, out: flags.out }, surroundings);
  }

  function planOptions({ force = false, json = false, commands = true, ...flags }: PlanFlags) {
    return { ...planningOptions(flags, surroundings.directory), force, json, commands };
  }
}

function executionOptions(flags: ResumeFlags) {
  const { jobs, logLevel, checkpointEvery: checkpoints, keepGoing } = flags;
  const { onFailure = keepGoing ? ('continue' as const) : undefined } = flags;
  return { jobs, logLevel, checkpoints, onFailure };
}

/** What it was frozen with belongs to a plan: the arguments of `-S` and the backend are no choice any more. */
function frozenPlanOption(description: string): Option {
  return new Option('--plan <lock>', description).conflicts(['set', 'backend']);
}

function inputOf(file: string | undefined, { plan }: PlanFlags, command: Command): PipelineInput {
  if (plan === undefined) return { file: file ?? command.error("error: missing required argument 'file'") };
  if (file !== undefined) {
    command.error('error: --plan takes the place of a file: a frozen plan holds its own');
  }
  return { lock: plan };
}

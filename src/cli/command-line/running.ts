import type { Command } from 'commander';

import type { LogLevel } from '../log.js';
import type { Surroundings } from '../surroundings.js';
import type { Answer } from './answer.js';
import {
  backendOption,
  jobsOption,
  logLevelOption,
  planningOptions,
  runsOption,
  setOption,
  type PlanningFlags,
} from './options.js';

interface PlanFlags extends PlanningFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

interface RunFlags extends PlanFlags {
  readonly dryRun?: boolean;
  readonly jobs: number;
  readonly logLevel?: LogLevel;
}

/** The commands that plan a pipeline, and run what they plan. */
export function addRunningCommands(program: Command, surroundings: Surroundings, answer: Answer): void {
  program
    .command('run')
    .description('run a pipeline: what is not cached')
    .argument('<file>', 'pipeline, as in pipelines/quickstart.yaml')
    .option('-n, --dry-run', 'say what would run, and run nothing')
    .addOption(jobsOption)
    .option('-f, --force', 'run every stage although it is cached')
    .addOption(setOption)
    .addOption(backendOption)
    .addOption(runsOption)
    .option('--json', 'one JSON object a line on standard output: the events')
    .addOption(logLevelOption)
    .action(async (file: string, flags: RunFlags) => {
      answer(await (flags.dryRun === true ? planCommand(file, flags) : runCommand(file, flags)));
    });

  program
    .command('plan')
    .description('say what a run would do')
    .argument('<file>', 'pipeline')
    .option('-f, --force', 'as if every stage were to run again')
    .addOption(setOption)
    .addOption(backendOption)
    .addOption(runsOption)
    .option('--json', 'the whole plan as JSON, on one line')
    .action(async (file: string, flags: PlanFlags) => answer(await planCommand(file, flags)));

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

  async function runCommand(file: string, flags: RunFlags) {
    const { run } = await import('../commands/run.js');
    return run(file, { ...planOptions(flags), jobs: flags.jobs, logLevel: flags.logLevel }, surroundings);
  }

  async function planCommand(file: string, flags: PlanFlags) {
    const { plan } = await import('../commands/plan.js');
    return plan(file, planOptions(flags), surroundings);
  }

  function planOptions({ force = false, json = false, ...flags }: PlanFlags) {
    return { ...planningOptions(flags, surroundings.directory), force, json };
  }
}

#!/usr/bin/env node
import { availableParallelism } from 'node:os';
import path from 'node:path';

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { chooseFlavour } from '../native/host.js';
import type { NativeFlavour } from '../native/wheel.js';
import type { BackendName } from '../plan/types.js';
import { exitCode, type ExitCode } from './exit-code.js';
import { logLevels, type LogLevel } from './log.js';
import { packageVersion } from './package.js';
import { diagnosticFormats, type DiagnosticFormat } from './print-diagnostics.js';
import { processSurroundings } from './surroundings.js';

const surroundings = processSurroundings();

interface PlanFlags {
  readonly set: readonly string[];
  readonly backend?: BackendName;
  readonly runs: string;
  readonly force: boolean;
  readonly json: boolean;
}

interface RunFlags extends PlanFlags {
  readonly dryRun: boolean;
  readonly jobs: number;
  readonly logLevel?: LogLevel;
}

interface ConfigFlags {
  readonly resolve: boolean;
  readonly variant?: string;
  readonly set: readonly string[];
}

const program = new Command('wassermill')
  .description('Declarative, reproducible Wasserstein-GAN experiments.')
  .version(packageVersion())
  .showHelpAfterError('(see wassermill help)')
  .exitOverride();

const runsOption = new Option('--runs <folder>', 'folder of outputs').default('runs').env('WASSERMILL_RUNS');
const backendOption = new Option(
  '--backend <name>',
  'native: TensorFlow; gpu: TensorFlow on an NVIDIA GPU; cpu: pure JavaScript, slow (default: gpu where there is one, else native)',
).choices(['native', 'gpu', 'cpu']);

const setOption = new Option(
  '-S, --set <assignment>',
  'change the pipeline: path=value, +path=value, ++path=value, ~path (may be given several times)',
)
  .argParser((text: string, before: readonly string[]) => [...before, text])
  .default([], 'none');

program
  .command('run')
  .description('run a pipeline: what is not cached')
  .argument('<file>', 'pipeline, as in pipelines/quickstart.yaml')
  .option('-n, --dry-run', 'say what would run, and run nothing', false)
  .option('-j, --jobs <count>', 'stages at once', positiveInteger, Math.max(1, availableParallelism() >> 1))
  .option('-f, --force', 'run every stage although it is cached', false)
  .addOption(setOption)
  .addOption(backendOption)
  .addOption(runsOption)
  .option('--json', 'one JSON line an event on standard output', false)
  .addOption(
    new Option('--log-level <level>', 'log to standard error too, from this level').choices(logLevels),
  )
  .action(async (file: string, flags: RunFlags) => {
    answer(await (flags.dryRun ? planCommand(file, flags) : runCommand(file, flags)));
  });

program
  .command('plan')
  .description('say what a run would do')
  .argument('<file>', 'pipeline')
  .option('-f, --force', 'as if every stage were to run again', false)
  .addOption(setOption)
  .addOption(backendOption)
  .addOption(runsOption)
  .option('--json', 'the whole plan as JSON', false)
  .action(async (file: string, flags: PlanFlags) => answer(await planCommand(file, flags)));

program
  .command('validate')
  .description('check pipeline files, without their data')
  .argument('<file...>', 'pipelines')
  .addOption(new Option('--format <form>', 'form of the problems').choices(diagnosticFormats).default('text'))
  .addOption(setOption)
  .action(async (files: string[], { format, set }: { format: DiagnosticFormat; set: readonly string[] }) => {
    const { validate } = await import('./commands/validate.js');
    answer(await validate(files, { format, overrides: set }, surroundings));
  });

program
  .command('config')
  .description('print a pipeline with what it extends, and where each value was written')
  .argument('<file>', 'pipeline')
  .option('--resolve', 'with everything decided: expressions, defaults, one variant', false)
  .option('--variant <axes>', 'which variant, as in arm=penalty,seed=1 (default: the first)')
  .addOption(setOption)
  .action(async (file: string, flags: ConfigFlags) => {
    const { config } = await import('./commands/config.js');
    const resolve = flags.resolve || flags.variant !== undefined;
    answer(await config(file, { resolve, variant: flags.variant, overrides: flags.set }, surroundings));
  });

program
  .command('schema')
  .description('print the JSON Schema of pipelines')
  .option('--canonical', 'of their resolved form', false)
  .action(async (flags: { readonly canonical: boolean }) => {
    const { schema } = await import('./commands/schema.js');
    answer(await schema(flags, surroundings));
  });

program
  .command('doctor')
  .description('say what is there, what is missing, and what mends it')
  .option('--set-up', 'set the native backend up first', false)
  .addOption(new Option('--backend <name>', 'which backend').choices(['native', 'gpu']))
  .option('--json', 'as JSON', false)
  .action(async (flags: { setUp: boolean; backend?: NativeFlavour; json: boolean }) => {
    const { doctor } = await import('./commands/doctor.js');
    const flavour = chooseFlavour(flags.backend);
    answer(await doctor({ flavour, setUp: flags.setUp, json: flags.json }, surroundings));
  });

program
  .command('sync')
  .description('send runs that an MLflow server has not')
  .argument('[uri]', 'the server (default: MLFLOW_TRACKING_URI)')
  .addOption(runsOption)
  .action(async (uri: string | undefined, { runs }: { runs: string }) => {
    const { sync } = await import('./commands/sync.js');
    answer(await sync(uri, absolute(runs), surroundings));
  });

program
  .command('report')
  .description('write the report of a run again, from its journal')
  .argument('[run]', 'its name (default: the latest)')
  .addOption(runsOption)
  .action(async (run: string | undefined, { runs }: { runs: string }) => {
    const { report } = await import('./commands/report.js');
    answer(await report(run, absolute(runs), surroundings));
  });

async function runCommand(file: string, flags: RunFlags): Promise<ExitCode> {
  const { run } = await import('./commands/run.js');
  const options = { ...planOptions(flags), jobs: flags.jobs, logLevel: flags.logLevel };
  return run(file, options, surroundings);
}

async function planCommand(file: string, flags: PlanFlags): Promise<ExitCode> {
  const { plan } = await import('./commands/plan.js');
  return plan(file, planOptions(flags), surroundings);
}

function planOptions({ backend, runs, set, force, json }: PlanFlags) {
  return { backend: backend ?? chooseFlavour(), runs: absolute(runs), overrides: set, force, json };
}

function absolute(folder: string): string {
  return path.resolve(surroundings.directory, folder);
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

function answer(code: ExitCode): void {
  process.exitCode = code;
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    answer(error.exitCode === 0 ? exitCode.ok : exitCode.usage);
  } else {
    // Whatever comes here is our own bug: users' mistakes are values.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`Internal error: ${text}\nPlease report this, with the command and the pipeline.\n`);
    answer(exitCode.failed);
  }
}

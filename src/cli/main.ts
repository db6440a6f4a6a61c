#!/usr/bin/env node
import { availableParallelism } from 'node:os';
import path from 'node:path';

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { errorCode } from '../files/file-errors.js';
import { systemProblem } from '../files/system-problem.js';
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
  readonly force?: boolean;
  readonly json?: boolean;
}

interface RunFlags extends PlanFlags {
  readonly dryRun?: boolean;
  readonly jobs: number;
  readonly logLevel?: LogLevel;
}

interface DoctorFlags {
  readonly setUp?: boolean;
  readonly backend?: NativeFlavour;
  readonly json?: boolean;
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
  .option('-n, --dry-run', 'say what would run, and run nothing')
  .option('-j, --jobs <count>', 'stages at once', positiveInteger, Math.max(1, availableParallelism() >> 1))
  .option('-f, --force', 'run every stage although it is cached')
  .addOption(setOption)
  .addOption(backendOption)
  .addOption(runsOption)
  .option('--json', 'one JSON object a line on standard output: the events')
  .addOption(
    new Option('--log-level <level>', 'log to standard error too, from this level').choices(logLevels),
  )
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
  .option('--canonical', 'of their resolved form')
  .action(async ({ canonical = false }: { readonly canonical?: boolean }) => {
    const { schema } = await import('./commands/schema.js');
    answer(await schema({ canonical }, surroundings));
  });

program
  .command('doctor')
  .description('say what is there, what is missing, and what mends it')
  .option('--set-up', 'set the native backend up first')
  .addOption(new Option('--backend <name>', 'which backend').choices(['native', 'gpu']))
  .option('--json', 'as JSON')
  .action(async ({ setUp = false, backend, json = false }: DoctorFlags) => {
    const { doctor } = await import('./commands/doctor.js');
    answer(await doctor({ flavour: chooseFlavour(backend), setUp, json }, surroundings));
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

function planOptions({ backend, runs, set, force = false, json = false }: PlanFlags) {
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

/** What the process answers with after an exception, which it tells of. */
function answerTo(error: unknown): ExitCode {
  // The command line is wrong, or its help was asked for: that is printed already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  const problem = systemProblem(error);
  if (problem !== undefined) {
    process.stderr.write(`error: ${problem.message}\n  help: ${problem.help}\n`);
    return exitCode.failed;
  }
  // Whatever else comes here is our own bug: users' mistakes are values.
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`Internal error: ${text}\nPlease report this, with the command and the pipeline.\n`);
  return exitCode.failed;
}

/** Losing what is shown is no reason to lose a run: it goes on, and its journal has everything. */
function survivesOutputErrors(stream: NodeJS.WriteStream): void {
  let told = false;
  stream.on('error', (error: Error) => {
    // The reader has seen enough, as in `wassermill run ... | head`.
    if (errorCode(error) === 'EPIPE' || told) return;
    told = true;
    if (stream !== process.stderr)
      process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
    process.on('exit', () => answer(exitCode.failed));
  });
}

survivesOutputErrors(process.stdout);
survivesOutputErrors(process.stderr);
try {
  await program.parseAsync();
} catch (error) {
  answer(answerTo(error));
}

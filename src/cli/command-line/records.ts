import path from 'node:path';

import type { Command } from 'commander';
import { Option } from 'commander';

import { chooseFlavour } from '../../native/host.js';
import type { NativeFlavour } from '../../native/wheel.js';
import type { Surroundings } from '../surroundings.js';
import type { Answer } from './answer.js';
import { jobsOption, runsOption } from './options.js';

interface DoctorFlags {
  readonly setUp?: boolean;
  readonly backend?: NativeFlavour;
  readonly json?: boolean;
}

interface StatusFlags {
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly runs: string;
}

interface ReproduceFlags {
  readonly jobs: number;
  readonly json?: boolean;
  readonly runs: string;
}

/** The commands about what is there already: past runs, and the machine. */
export function addRecordCommands(program: Command, surroundings: Surroundings, answer: Answer): void {
  const absolute = (folder: string): string => path.resolve(surroundings.directory, folder);

  program
    .command('doctor')
    .description('say what is there, what is missing, and what mends it')
    .option('--set-up', 'set the native backend up first')
    .addOption(new Option('--backend <name>', 'which backend').choices(['native', 'gpu']))
    .option('--json', 'as JSON')
    .action(async ({ setUp = false, backend, json = false }: DoctorFlags) => {
      const { doctor } = await import('../commands/doctor.js');
      answer(await doctor({ flavour: chooseFlavour(backend), setUp, json }, surroundings));
    });

  program
    .command('sync')
    .description('send runs that an MLflow server has not')
    .argument('[uri]', 'the server (default: MLFLOW_TRACKING_URI)')
    .addOption(runsOption)
    .action(async (uri: string | undefined, { runs }: { runs: string }) => {
      const { sync } = await import('../commands/sync.js');
      answer(await sync(uri, absolute(runs), surroundings));
    });

  program
    .command('status')
    .description('say which runs are under way, and what came of the last ones')
    .option('--watch', 'look every second, until nothing is under way')
    .option('--json', 'as one JSON object; with --watch one a line, whenever something is new')
    .addOption(runsOption)
    .action(async ({ runs, watch = false, json = false }: StatusFlags) => {
      const { status } = await import('../commands/status.js');
      answer(await status({ runs: absolute(runs), watch, json }, surroundings));
    });

  program
    .command('show')
    .description('say what a run was and gave, from its journal')
    .argument('[run]', 'its name (default: the latest)')
    .option('--json', 'as one JSON object')
    .addOption(runsOption)
    .action(async (run: string | undefined, { runs, json = false }: { runs: string; json?: boolean }) => {
      const { show } = await import('../commands/show.js');
      answer(await show(run, { runs: absolute(runs), json }, surroundings));
    });

  program
    .command('reproduce')
    .description('run a finished run once more from its record, and compare what comes out, bit by bit')
    .argument('[run]', 'its name (default: the latest)')
    .addOption(jobsOption)
    .option('--json', 'as JSON, on one line')
    .addOption(runsOption)
    .action(async (run: string | undefined, { runs, jobs, json = false }: ReproduceFlags) => {
      const { reproduce } = await import('../commands/reproduce.js');
      answer(await reproduce(run, { runs: absolute(runs), jobs, json }, surroundings));
    });

  program
    .command('report')
    .description('write the report of a run again, from its journal')
    .argument('[run]', 'its name (default: the latest)')
    .addOption(runsOption)
    .action(async (run: string | undefined, { runs }: { runs: string }) => {
      const { report } = await import('../commands/report.js');
      answer(await report(run, absolute(runs), surroundings));
    });
}

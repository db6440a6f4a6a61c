import path from 'node:path';

import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';

import { parseTimeSpan, timeSpanForm } from '../../base/time-span.js';
import type { WrittenSpan } from '../commands/cache-gc.js';
import { sortings, type Sorting } from '../cached/sortings.js';
import type { Surroundings } from '../surroundings.js';
import type { Answer } from './answer.js';
import { positiveInteger, runsOption } from './options.js';

interface LsFlags {
  readonly sort: Sorting;
  readonly json?: boolean;
  readonly runs: string;
}

interface VerifyFlags {
  readonly repair?: boolean;
  readonly json?: boolean;
  readonly runs: string;
}

interface GcFlags {
  readonly dryRun?: boolean;
  readonly keepRuns?: number;
  readonly olderThan?: WrittenSpan;
  readonly grace: WrittenSpan;
  readonly checkpointsOlderThan?: WrittenSpan;
  readonly skipUnreadable?: boolean;
  readonly json?: boolean;
  readonly runs: string;
}

/** The commands about the cache. */
export function addCacheCommands(program: Command, surroundings: Surroundings, answer: Answer): void {
  const absolute = (folder: string): string => path.resolve(surroundings.directory, folder);
  const cache = program.command('cache').description('see, check and clean the cache of stage results');

  cache
    .command('ls')
    .description('say what is in the cache')
    .addOption(
      new Option('--sort <by>', 'newest, largest, or longest work first').choices(sortings).default('age'),
    )
    .option('--json', 'as one JSON object')
    .addOption(runsOption)
    .action(async ({ sort, runs, json = false }: LsFlags) => {
      const { cacheLs } = await import('../commands/cache-ls.js');
      answer(await cacheLs({ runs: absolute(runs), sort, json }, surroundings));
    });

  cache
    .command('verify')
    .description('compare every file with its digest (exit code 1 where one is damaged)')
    .option('--repair', 'remove what is damaged, so that its stage runs again')
    .option('--json', 'as one JSON object')
    .addOption(runsOption)
    .action(async ({ repair = false, runs, json = false }: VerifyFlags) => {
      const { cacheVerify } = await import('../commands/cache-verify.js');
      answer(await cacheVerify({ runs: absolute(runs), repair, json }, surroundings));
    });

  cache
    .command('gc')
    .description('remove what no run needs, and what killed processes left')
    .option('-n, --dry-run', 'say what would go, and remove nothing')
    .option('--keep-runs <count>', 'only the newest runs of each pipeline need theirs', positiveInteger)
    .option('--older-than <span>', 'runs that began longer ago than this, as in 30d, need nothing', span)
    .addOption(
      new Option('--grace <span>', 'what is younger than this stays')
        .argParser(span)
        .default({ text: '1 day', seconds: 86_400 } satisfies WrittenSpan, '1d'),
    )
    .option(
      '--checkpoints-older-than <span>',
      'checkpoints saved longer ago than this go, though a run could go on from them',
      span,
    )
    .option('--skip-unreadable', 'go on where the record of a run cannot be read, as if it needed nothing')
    .option('--json', 'as one JSON object')
    .addOption(runsOption)
    .action(async ({ runs, ...flags }: GcFlags) => {
      const { cacheGc } = await import('../commands/cache-gc.js');
      const options = {
        runs: absolute(runs),
        isDryRun: flags.dryRun ?? false,
        keepRuns: flags.keepRuns,
        olderThan: flags.olderThan,
        grace: flags.grace,
        checkpointsOlderThan: flags.checkpointsOlderThan,
        skipUnreadable: flags.skipUnreadable ?? false,
        json: flags.json ?? false,
      };
      answer(await cacheGc(options, surroundings));
    });
}

function span(text: string): WrittenSpan {
  const seconds = parseTimeSpan(text);
  if (seconds === undefined) throw new InvalidArgumentError(`It must be ${timeSpanForm}.`);
  return { text, seconds };
}

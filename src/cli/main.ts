#!/usr/bin/env node
import { Command, CommanderError } from 'commander';

import { errorCode } from '../files/file-errors.js';
import { systemProblem } from '../files/system-problem.js';
import { addCacheCommands } from './command-line/cache.js';
import { addReadingCommands } from './command-line/reading.js';
import { addRecordCommands } from './command-line/records.js';
import { addRunningCommands } from './command-line/running.js';
import { exitCode, type ExitCode } from './exit-code.js';
import { packageVersion } from './package.js';
import { processSurroundings } from './surroundings.js';

const program = new Command('wassermill')
  .description('Declarative, reproducible Wasserstein-GAN experiments.')
  .version(packageVersion())
  .showHelpAfterError('(see wassermill help)')
  .exitOverride();

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
  const surroundings = processSurroundings();
  addRunningCommands(program, surroundings, answer);
  addReadingCommands(program, surroundings, answer);
  addRecordCommands(program, surroundings, answer);
  addCacheCommands(program, surroundings, answer);
  await program.parseAsync();
} catch (error) {
  answer(answerTo(error));
}

import { spawn, type ChildProcess } from 'node:child_process';
import { stat } from 'node:fs/promises';

import { err, ok, type Result } from '../base/result.js';
import { quoted } from '../diagnostics/printable.js';
import { systemProblem } from '../files/system-problem.js';
import type { StageId } from '../plan/types.js';
import type { RunnableFields } from '../spec/runnable.js';
import { commandEnvironment } from './command-environment.js';
import { commandMetrics, commandProblem, outputProblem } from './command-results.js';
import { CommandWatcher } from './command-watcher.js';
import type { StageFailure } from './events.js';
import { eachOutputLine, endOfGroup, LastLines, signalGroup, type ProcessEnd } from './process-group.js';
import { stopOf } from './stop.js';
import type { StartWorker } from './worker-pool.js';

export interface CommandOptions {
  /** Of the user; see command-environment.ts for what of it a program gets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told of every line that a program writes to its standard output and standard error. */
  readonly log: (stage: StageId, line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds that a program has to stop when asked, before its process group is killed. */
  readonly grace?: number;
}

export interface LocalCommands {
  readonly start: StartWorker<'command'>;
  /** Ends what is left of them. */
  readonly close: () => void;
}

type CommandFields = RunnableFields['command'];

/**
 * Runs the programs of command stages, each directly, in a process group of its own, of which nothing is left when it
 * has ended. The program stands in the stage's `directory`; its arguments are passed on as they are.
 */
export function localCommands({ environment, log, now, grace = 10_000 }: CommandOptions): LocalCommands {
  const watcher = new CommandWatcher();
  const start: StartWorker<'command'> = async (job, { onEvent, signal }) => {
    if (signal.aborted) return err(stopOf(signal, []));
    watcher.start();
    const started = startProgram(job.fields, commandEnvironment(environment, job, watcher.mark));
    if (!started.ok) return err(await notStarted(started.error, job.fields));
    const child = started.value;
    if (child.pid !== undefined) watcher.add(child.pid);
    const said = new LastLines();
    const keep = (stream: 'stdout' | 'stderr') =>
      eachOutputLine(child[stream], (line) => {
        log(job.stage, line);
        said.keep(stream, line);
      });
    const listening = child.pid === undefined ? [] : [keep('stdout'), keep('stderr')];
    const ask = () => signalGroup(child, 'SIGTERM');
    const end = await endOfGroup(child, { signal, grace, listening, ask });
    if (child.pid !== undefined) watcher.remove(child.pid);

    if (end.how === 'not_started') return err(await notStarted(end.error, job.fields));
    const failure = failureOf(end, signal, said.last);
    if (failure) return err(failure);
    const problem = await outputProblem(job.output, job.fields);
    if (problem) return err(problem);
    const metrics = await commandMetrics(job.output, job.fields);
    if (!metrics.ok) return metrics;
    if (Object.keys(metrics.value).length > 0) {
      onEvent({ type: 'metrics', step: 0, timestamp: now(), values: metrics.value });
    }
    return ok(undefined);
  };
  return { start, close: () => watcher.close() };
}

function startProgram(
  { run: [program = '', ...args], directory }: CommandFields,
  environment: Record<string, string>,
): Result<ChildProcess, NodeJS.ErrnoException> {
  try {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    return ok(spawn(program, args, { cwd: directory, detached: true, env: environment, stdio: [...stdio] }));
  } catch (error) {
    if (error instanceof Error) return err(error);
    throw error;
  }
}

function failureOf(
  end: Exclude<ProcessEnd, { how: 'not_started' }>,
  signal: AbortSignal,
  lastLines: readonly string[],
): StageFailure | undefined {
  // Asked to stop, a program may end in any way; how does not matter.
  if (signal.aborted) return stopOf(signal, lastLines);
  if (end.how === 'signal') return { reason: 'command_failed', exit: { signal: end.signal }, lastLines };
  return end.code === 0 ? undefined : { reason: 'command_failed', exit: { code: end.code }, lastLines };
}

async function notStarted(error: NodeJS.ErrnoException, fields: CommandFields): Promise<StageFailure> {
  const { run, directory } = fields;
  const program = quoted(run[0] ?? '');
  const folder = await stat(directory).catch(() => undefined);
  if (!folder?.isDirectory()) {
    const help = 'name a folder that is there; relative paths count from the folder of the file';
    return commandProblem(`there is no folder ${directory}`, ['directory'], help);
  }
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return commandProblem(
      `there is no program ${program}, or what it is to be interpreted by is not there`,
      ['run', 0],
      `install it, or write its path: one with a / counts from ${directory}, any other name is looked for in PATH`,
    );
  }
  if (error.code === 'EACCES') {
    return commandProblem(
      `${program} may not be executed`,
      ['run', 0],
      'make it executable, as in `chmod +x plot.sh`, or name what interprets it, as in `run: [sh, plot.sh]`',
    );
  }
  const refused = systemProblem(error);
  return refused
    ? { reason: 'system', ...refused }
    : commandProblem(`${program} cannot be started: ${error.message}`, ['run'], undefined);
}

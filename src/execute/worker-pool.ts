import { spawn } from 'node:child_process';

import { err, ok, type Result } from '../base/result.js';
import type { StageId } from '../plan/types.js';
import type { RunnableKind, WorkerKind } from '../spec/runnable.js';
import type { StageEvent } from './contract.js';
import type { StageFailure } from './events.js';
import { eachLine, eachOutputLine, endOfGroup, LastLines, type ProcessEnd } from './process-group.js';
import { visibleGpus } from './visible-gpus.js';
import { stopOf } from './stop.js';
import { workerEnvironment } from './worker-environment.js';
import {
  assignmentLine,
  messageDescriptor,
  messageOf,
  type StageJob,
  type WorkerMessage,
} from './worker-protocol.js';

/** Does one stage's work; resolves when nothing of the worker is left. Never rejects for what a stage does. */
export type StartWorker<Kind extends RunnableKind = RunnableKind> = (
  job: StageJob<Kind>,
  watch: WorkerWatch,
) => Promise<Result<undefined, StageFailure>>;

export interface WorkerWatch {
  readonly onEvent: (event: StageEvent) => void;
  /** Told the process number of the worker, which is also that of its process group. */
  readonly onStart?: (pid: number) => void;
  /** Aborted when the work is to be stopped; the reason is `OutOfTime` where the stage took too long. */
  readonly signal: AbortSignal;
  /** The GPUs that the stage has to itself; absent where it asks for none, and sees what the user's environment shows. */
  readonly gpus?: readonly string[];
}

/** Calls the listener at each request, until what it answers with is called. */
export type SaveRequests = (listener: () => void) => () => void;

export interface WorkerPoolOptions {
  /** Absolute path of the module that calls `serveStage`. */
  readonly module: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told of every line that a worker writes to its standard output and standard error. */
  readonly log: (stage: StageId, line: string) => void;
  /** When working stages are to save how far they have come. */
  readonly saveRequests?: SaveRequests;
  /** Milliseconds that a worker has to stop when asked, before it is killed. */
  readonly grace?: number;
}

/** Workers that are child processes of this one, each for one stage. */
export function localWorkers({
  module,
  environment,
  log,
  saveRequests = () => () => undefined,
  grace = 10_000,
}: WorkerPoolOptions): StartWorker<WorkerKind> {
  return async (job, { onEvent, onStart, signal, gpus }) => {
    if (signal.aborted) return err(stopOf(signal, []));
    const child = spawn(process.execPath, [module], {
      // A process group of its own: a terminal's Ctrl-C does not reach it, and killing it kills what it started.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: {
        ...workerEnvironment(environment, 'threads' in job.fields ? job.fields.threads : undefined),
        ...visibleGpus(gpus),
      },
    });
    if (child.pid !== undefined) onStart?.(child.pid);
    const said = new LastLines();
    const keep = (stream: 'stdout' | 'stderr') => (line: string) => {
      log(job.stage, line);
      said.keep(stream, line);
    };
    let verdict: Verdict | undefined;
    let stopForwarding: (() => void) | undefined;
    const listening = [
      eachOutputLine(child.stdout, keep('stdout')),
      eachOutputLine(child.stderr, keep('stderr')),
      eachLine(child.stdio[messageDescriptor], (line) => {
        const message = messageOf(line);
        // Not before it has said something: until a process listens for it, the signal ends it.
        stopForwarding ??= saveRequests(() => child.kill('SIGUSR2'));
        if (message === undefined) keep('stderr')(line);
        else if (message.type === 'event') onEvent(message.event);
        else verdict = message;
      }),
    ];
    // A worker that dies before it has read its job closes the pipe; its exit tells more.
    child.stdin.on('error', () => undefined);
    child.stdin.end(assignmentLine({ job, parent: process.pid }));

    const ask = () => void child.kill('SIGTERM');
    // A worker inside a TensorFlow call hears no SIGTERM until the call returns.
    const end = await endOfGroup(child, { signal, grace, listening, ask });
    stopForwarding?.();
    return judge(verdict, end, signal, said.last);
  };
}

type Verdict = Exclude<WorkerMessage, { type: 'event' }>;

function judge(
  verdict: Verdict | undefined,
  end: ProcessEnd,
  signal: AbortSignal,
  lastLines: readonly string[],
): Result<undefined, StageFailure> {
  if (verdict?.type === 'done' && end.how === 'exit' && end.code === 0) return ok(undefined);
  // Asked to stop, a stage may end in any way; how does not matter.
  if (signal.aborted) return err(stopOf(signal, lastLines));
  if (verdict?.type === 'problem') {
    return err({ reason: 'problem', message: verdict.message, field: verdict.field, help: verdict.help });
  }
  if (verdict?.type === 'diverged') return err({ reason: 'diverged', divergence: verdict.divergence });
  if (verdict?.type === 'system') {
    return err({ reason: 'system', message: verdict.message, help: verdict.help });
  }
  if (verdict?.type === 'crash') {
    return err({ reason: 'crashed', message: verdict.message, lastLines: [...lastLines, ...verdict.stack] });
  }
  switch (end.how) {
    case 'not_started':
      return err({ reason: 'crashed', message: `The worker did not start: ${end.error.message}`, lastLines });
    case 'signal':
      return err({ reason: 'killed', signal: end.signal, lastLines });
    case 'exit':
      return err({
        reason: 'crashed',
        message:
          end.code === 0
            ? 'The worker ended without a result'
            : `The worker ended with exit code ${end.code} and without a result`,
        lastLines,
      });
  }
}

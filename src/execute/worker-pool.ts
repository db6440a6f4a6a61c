import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import { invariant } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import type { StageId } from '../plan/types.js';
import type { RunnableKind, WorkerKind } from '../spec/runnable.js';
import type { StageEvent } from './contract.js';
import type { StageFailure } from './events.js';
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
  /** Aborted when the work is to be stopped. */
  readonly signal: AbortSignal;
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

/** How many lines of a worker's own output go into the record when it dies. */
const keptLines = 20;

/** Workers that are child processes of this one, each for one stage. */
export function localWorkers({
  module,
  environment,
  log,
  saveRequests = () => () => undefined,
  grace = 10_000,
}: WorkerPoolOptions): StartWorker<WorkerKind> {
  return async (job, { onEvent, onStart, signal }) => {
    if (signal.aborted) return err({ reason: 'interrupted' });
    const child = spawn(process.execPath, [module], {
      // A process group of its own: a terminal's Ctrl-C does not reach it, and killing it kills what it started.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: workerEnvironment(environment, 'threads' in job.fields ? job.fields.threads : undefined),
    });
    const ended = endOf(child);
    if (child.pid !== undefined) onStart?.(child.pid);
    const said = { stdout: [] as string[], stderr: [] as string[] };
    const keep = (stream: keyof typeof said) => (line: string) => {
      log(job.stage, line);
      said[stream].push(line);
      if (said[stream].length > keptLines) said[stream].shift();
    };
    let verdict: Verdict | undefined;
    let stopForwarding: (() => void) | undefined;
    const listening = [
      eachLine(child.stdout, keep('stdout')),
      eachLine(child.stderr, keep('stderr')),
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

    const stop = () => void stopWorker(child, ended, grace);
    signal.addEventListener('abort', stop);
    const end = await ended;
    stopForwarding?.();
    signal.removeEventListener('abort', stop);
    // Whatever the worker started goes with it, or would keep its pipes open for ever.
    signalGroup(child, 'SIGKILL');
    await Promise.race([Promise.all(listening), delay(grace, undefined, { ref: false })]);
    // The two pipes have no order between them; the end of standard error tells most about a failure.
    const lastLines = [...said.stdout, ...said.stderr].slice(-keptLines);
    return judge(verdict, end, signal.aborted, lastLines);
  };
}

type Verdict = Exclude<WorkerMessage, { type: 'event' }>;

/** How the process ended: it could not start, it exited, or a signal killed it. */
type ProcessEnd =
  | { readonly how: 'not_started'; readonly message: string }
  | { readonly how: 'exit'; readonly code: number }
  | { readonly how: 'signal'; readonly signal: string };

function judge(
  verdict: Verdict | undefined,
  end: ProcessEnd,
  stopped: boolean,
  lastLines: readonly string[],
): Result<undefined, StageFailure> {
  if (verdict?.type === 'done' && end.how === 'exit' && end.code === 0) return ok(undefined);
  // Asked to stop, a stage may end in any way; how does not matter.
  if (stopped) return err({ reason: 'interrupted' });
  if (verdict?.type === 'problem') {
    return err({ reason: 'problem', message: verdict.message, field: verdict.field, help: verdict.help });
  }
  if (verdict?.type === 'system') {
    return err({ reason: 'system', message: verdict.message, help: verdict.help });
  }
  if (verdict?.type === 'crash') {
    return err({ reason: 'crashed', message: verdict.message, lastLines: [...lastLines, ...verdict.stack] });
  }
  switch (end.how) {
    case 'not_started':
      return err({ reason: 'crashed', message: `The worker did not start: ${end.message}`, lastLines });
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

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      // Also raised when a signal could not be sent; then the exit is still to come.
      if (child.pid === undefined) resolve({ how: 'not_started', message: error.message });
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { how: 'exit', code: code ?? 0 } : { how: 'signal', signal });
    });
  });
}

async function stopWorker(child: ChildProcess, ended: Promise<ProcessEnd>, grace: number): Promise<void> {
  child.kill('SIGTERM');
  const over = new AbortController();
  void ended.then(() => over.abort());
  // A worker inside a TensorFlow call hears no SIGTERM until the call returns.
  await delay(grace, undefined, { signal: over.signal }).then(
    () => signalGroup(child, 'SIGKILL'),
    () => undefined,
  );
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended by itself.
  }
}

async function eachLine(stream: ChildProcess['stdio'][number] | undefined, onLine: (line: string) => void) {
  invariant(stream !== null && stream !== undefined && 'read' in stream, 'a worker has its pipes');
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on('line', onLine);
  await once(lines, 'close');
}

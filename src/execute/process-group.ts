import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import { invariant } from '../base/invariant.js';

/** How a process ended: it could not start, it exited, or a signal killed it. */
export type ProcessEnd =
  | { readonly how: 'not_started'; readonly error: NodeJS.ErrnoException }
  | { readonly how: 'exit'; readonly code: number }
  | { readonly how: 'signal'; readonly signal: string };

interface Watch {
  /** Aborted when the process is to stop: first it is asked to, and after `grace` its group is killed. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly grace: number;
  /** What is read of its pipes, each until it closes. */
  readonly listening: readonly Promise<void>[];
  /** Asks the process to stop. */
  readonly ask: (child: ChildProcess) => void;
}

/**
 * Resolves when a process that leads its own group has ended, nothing of the group is left, and what it wrote has been
 * read.
 */
export async function endOfGroup(
  child: ChildProcess,
  { signal, grace, listening, ask }: Watch,
): Promise<ProcessEnd> {
  const ended = endOf(child);
  const stop = () => void stopped(child, ended, grace, ask);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const end = await ended;
  signal.removeEventListener('abort', stop);
  // Whatever it started goes with it, or would keep its pipes open for ever.
  signalGroup(child, 'SIGKILL');
  const over = new AbortController();
  const patience = delay(grace, undefined, { ref: false, signal: over.signal }).catch(() => undefined);
  await Promise.race([Promise.all(listening), patience]);
  over.abort();
  return end;
}

function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      // Also raised when a signal could not be sent; then the exit is still to come.
      if (child.pid === undefined) resolve({ how: 'not_started', error });
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { how: 'exit', code: code ?? 0 } : { how: 'signal', signal });
    });
  });
}

async function stopped(
  child: ChildProcess,
  ended: Promise<ProcessEnd>,
  grace: number,
  ask: (child: ChildProcess) => void,
): Promise<void> {
  ask(child);
  const over = new AbortController();
  void ended.then(() => over.abort());
  await delay(grace, undefined, { signal: over.signal }).then(
    () => signalGroup(child, 'SIGKILL'),
    () => undefined,
  );
}

export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended by itself.
  }
}

/** Calls back with each line that a process writes to one of its pipes, until that closes. */
export async function eachLine(
  stream: ChildProcess['stdio'][number] | undefined,
  onLine: (line: string) => void,
): Promise<void> {
  invariant(stream !== null && stream !== undefined && 'read' in stream, 'a process has its pipes');
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on('line', onLine);
  await once(lines, 'close');
}

/** Characters of a line; a longer one is told in pieces, so that output without an end takes no memory without one. */
const longestLine = 65_536;

/** The same for what anybody's program writes. A carriage return ends a line, too: progress bars draw with it. */
export async function eachOutputLine(
  stream: ChildProcess['stdio'][number] | undefined,
  onLine: (line: string) => void,
): Promise<void> {
  invariant(stream !== null && stream !== undefined && 'read' in stream, 'a process has its pipes');
  let rest = '';
  /** Tells of whole lines, and of so much of a long one that what remains is short. */
  const tell = (line: string, isWhole: boolean): string => {
    let left = line;
    for (; left.length > longestLine; left = left.slice(longestLine)) onLine(left.slice(0, longestLine));
    if (isWhole) onLine(left);
    return left;
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    // A carriage return at the very end may be the first half of a line break.
    const lines = `${rest}${text}`.split(/\r?\n|\r(?!\n|$)/);
    const open = lines.pop() ?? '';
    for (const line of lines) tell(line, true);
    rest = tell(open, false);
  });
  // Closed without an end where the process could not start, or was not waited for.
  await new Promise<void>((resolve) => stream.once('close', resolve));
  if (rest !== '') onLine(rest.replace(/\r$/, ''));
}

/** How many lines of a process's own output go into the record when it fails. */
const keptLines = 20;

/** The last lines of the two pipes that a process writes its own output to. */
export class LastLines {
  private readonly said = { stdout: [] as string[], stderr: [] as string[] };

  keep(stream: keyof LastLines['said'], line: string): void {
    this.said[stream].push(line);
    if (this.said[stream].length > keptLines) this.said[stream].shift();
  }

  /** The two pipes have no order between them; the end of standard error tells most about a failure. */
  get last(): readonly string[] {
    return [...this.said.stdout, ...this.said.stderr].slice(-keptLines);
  }
}

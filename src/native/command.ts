import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface CommandOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory?: string;
  /** Written to the program's standard input. */
  readonly input?: string;
  /** Ends the program when aborted. */
  readonly signal?: AbortSignal;
}

export interface CommandOutcome {
  readonly succeeded: boolean;
  readonly stdout: string;
  /** The last lines of both streams, as they came. */
  readonly lastLines: readonly string[];
}

const keptLines = 20;
/** Enough for 20 lines of the longest template error. */
const keptCharacters = 64 * 1024;

/**
 * Runs a program without a shell and without a terminal, to its end.
 * @throws an error named `AbortError` when the signal is aborted.
 */
export async function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  { environment, directory, input, signal }: CommandOptions,
): Promise<CommandOutcome> {
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    env: environment,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(directory !== undefined && { cwd: directory }),
  });
  let stdout = '';
  let both = '';
  const keep = (text: string) => (both = (both + text).slice(-keptCharacters));
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-keptCharacters);
    keep(text);
  });
  child.stderr?.setEncoding('utf8').on('data', keep);
  // A program that ends before it has read all of its input is judged by how it ends.
  child.stdin?.on('error', () => undefined).end(input);
  const stop = () => child.kill();
  signal?.addEventListener('abort', stop);
  const succeeded = await new Promise<boolean>((resolve) => {
    child.on('error', (error) => {
      keep(`${error.message}\n`);
      resolve(false);
    });
    child.on('close', (code, killed) => {
      if (killed !== null) keep(`\n${program} was ended by ${killed}\n`);
      resolve(code === 0);
    });
  });
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  return { succeeded, stdout, lastLines: linesOf(both).slice(-keptLines) };
}

/** The non-blank lines of a program's output. What a progress bar has overwritten is left out. */
function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, '').replace(/^.*\r/, '').trimEnd())
    .filter((line) => line !== '');
}

/** Where the shell would find the program, or undefined. */
export function findProgram(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const candidates = name.includes('/')
    ? [name]
    : (environment['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return candidates.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

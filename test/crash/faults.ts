import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { onTestFinished } from 'vitest';

const preload = resolve(import.meta.dirname, 'preload.mjs');
const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

/** Whose calls: those of the command line's own process, or of its workers, one after the other. */
export type Who = 'main' | 'worker';

/**
 * At a call, the process is killed by SIGKILL, before it or after half of its bytes; or the call fails, and for want of
 * space all later ones that take some.
 */
export type How = 'kill' | 'half' | 'EIO' | 'ENOSPC' | 'EACCES';

/** What is to happen in a run at the call of a number: `preload.mjs` says what counts. */
export interface Fault {
  readonly who: Who;
  /** From 0. */
  readonly at: number;
  readonly how: How;
}

/** A clock that is `shift` milliseconds off after it has been asked `after` times. */
export interface Clock {
  readonly shift: number;
  readonly after: number;
}

export interface Disturbance {
  readonly fault?: Fault;
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** Starts the command line in a folder. The calls it makes are listed in its file `calls.<who>`. */
export function start(folder: string, args: readonly string[], disturbance: Disturbance = {}): Started {
  const { fault, clock, env } = disturbance;
  const variable = JSON.stringify({ list: join(folder, 'calls'), ...fault, ...(clock && { clock }) });
  const child = spawn(process.execPath, ['--import', preload, main, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LANG: 'C.UTF-8',
      WASSERMILL_TEST_FAULT: variable,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((done, refuse) => {
    child.once('error', refuse);
    child.once('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { pid: child.pid ?? 0, ended };
}

/** The calls of the runs in a folder, in order, as `<call> <file>`; those that can be done by half say so. */
export async function callsIn(folder: string, who: Who): Promise<readonly string[]> {
  const text = await readFile(join(folder, `calls.${who}`), 'utf8').catch(() => '');
  return text.split('\n').slice(0, -1);
}

/** All kills there are for the calls: before each, and after half of each that can be done by half. */
export function killsAt(calls: readonly string[], who: Who): readonly Fault[] {
  return calls.flatMap((call, at) => {
    const kill: Fault = { who, at, how: 'kill' };
    return call.includes('(in halves)') ? [kill, { who, at, how: 'half' } as const] : [kill];
  });
}

/** Each call failing in each way. What is sent to a pipe has no disk behind it. */
export function refusalsAt(calls: readonly string[], who: Who): readonly Fault[] {
  const numbered = calls.map((call, at) => [call, at] as const).filter(([call]) => !call.startsWith('send'));
  return numbered.flatMap(([, at]) =>
    (['EIO', 'ENOSPC', 'EACCES'] as const).map((how): Fault => ({ who, at, how })),
  );
}

/** Whether a fault is between the first and the last call that names the folder of a checkpoint. */
export function whileSaving(calls: readonly string[]): (fault: Fault) => boolean {
  const isNamed = (call: string): boolean => call.includes('/checkpoints/');
  const [first, last] = [calls.findIndex(isNamed), calls.findLastIndex(isNamed)];
  return ({ at }) => at >= first && at <= last;
}

export function describeFault({ who, at, how }: Fault, calls: readonly string[]): string {
  return `${how} at call ${at} of ${who} (${calls[at] ?? 'none'})`;
}

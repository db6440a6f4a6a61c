import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { required } from '../../../src/base/invariant.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The Python that has MLflow: MLFLOW_PYTHON, or that of scripts/python-env.mjs. */
export const python = process.env['MLFLOW_PYTHON'] ?? join(root, '.venv', 'bin', 'python');

/** Where there is none, tests are skipped: `node scripts/python-env.mjs` makes it. */
export const hasMlflow = existsSync(python);

/** The Python that has an MLflow of before 3: MLFLOW_2_PYTHON, or that of scripts/requirements-mlflow-2.txt. */
export const oldPython = process.env['MLFLOW_2_PYTHON'] ?? join(root, '.venv-mlflow-2', 'bin', 'python');

export const hasOldMlflow = existsSync(oldPython);

export interface MlflowServer {
  readonly url: string;
  /** As a power cut would. */
  kill(): Promise<void>;
}

export interface ServerOptions {
  readonly python?: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** `mlflow server` without options but for its port, in a folder: what `mlflow ui` is. */
export async function startServer(
  folder: string,
  port?: number,
  { python: program = python, args: more = [], environment = {} }: ServerOptions = {},
): Promise<MlflowServer> {
  const chosen = port ?? (await freePort());
  const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(chosen), '--workers', '1'];
  const server = spawn(program, [...args, ...more], {
    cwd: folder,
    // Its own process group, for the server starts workers.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      MLFLOW_TRACKING_URI: '',
      ...environment,
    },
  });
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const url = `http://127.0.0.1:${chosen}`;
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exit = once(server, 'exit');
    process.kill(-required(server.pid, 'the server’s process number'), 'SIGKILL');
    await exit;
  };
  for (let attempt = 0; attempt < 240; attempt++) {
    if (server.exitCode !== null) break;
    try {
      if ((await fetch(`${url}/health`)).ok) return { url, kill };
    } catch {
      // Not yet.
    }
    await wait(250);
  }
  await kill();
  throw new Error(`mlflow server did not start:\n${log}`);
}

export interface Dump {
  readonly experiment: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly runs: readonly DumpedRun[];
}

export interface DumpedRun {
  readonly name: string;
  readonly parent: string | null;
  readonly status: string;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly user: string;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Values are the bits of a double in hexadecimal, or `nan`. */
  readonly latest: Readonly<Record<string, string>>;
  readonly histories: Readonly<Record<string, readonly (readonly [number, number, string])[]>>;
  readonly datasets: readonly (readonly unknown[])[];
  readonly sources: readonly string[];
  readonly files: Readonly<Record<string, number>>;
  /** By name. */
  readonly models: Readonly<
    Record<
      string,
      {
        readonly signature: { readonly inputs: string; readonly outputs: string };
        readonly flavors: unknown;
        readonly files: Readonly<Record<string, number>>;
      }
    >
  >;
  readonly pictures: Readonly<Record<string, readonly number[]>>;
  readonly table: { readonly columns: readonly string[]; readonly data: readonly (readonly unknown[])[] };
}

/** What the official client reads from a server. */
export async function readBack(url: string, experiment: string, options?: ScriptOptions): Promise<Dump> {
  return JSON.parse(await runScript('read_back.py', [url, experiment], options)) as Dump;
}

export type ScriptOptions = Pick<ServerOptions, 'python' | 'environment'>;

/** Runs one of the scripts beside this file, and gives what it prints. */
export async function runScript(
  name: string,
  args: readonly string[],
  { python: program = python, environment = {} }: ScriptOptions = {},
): Promise<string> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const options = { maxBuffer: 1e8, env: { ...process.env, ...environment } };
  return (await promisify(execFile)(program, [script, ...args], options)).stdout;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

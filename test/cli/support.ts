import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ownMain = resolve(import.meta.dirname, '../../dist/cli/main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with files in it, in which the command line is used as in a terminal. */
export interface Project {
  readonly folder: string;
  readonly write: (file: string, text: string | Uint8Array) => Promise<void>;
  /** Runs `wassermill` to its end. */
  readonly wassermill: (args: readonly string[], options?: CommandOptions) => Promise<Ended>;
  readonly remove: () => Promise<void>;
}

export interface CommandOptions {
  /** The program's main module: that of this package unless given. */
  readonly main?: string;
  /** The working directory: the project's folder unless given. */
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Told of each piece of standard output, with the means to signal the process. */
  readonly onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

export async function newProject(files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'wassermill-cli-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return {
    folder,
    write: (file, text) => writeFile(join(folder, file), text),
    wassermill: (args, { main = ownMain, directory = folder, environment = {}, onOutput } = {}) =>
      new Promise((done, refuse) => {
        const child = spawn(process.execPath, [main, ...args], {
          cwd: directory,
          env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8', ...environment },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let stdout = '';
        let stderr = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          stdout += text;
          onOutput?.(text, (signal) => child.kill(signal));
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
        child.once('error', refuse);
        child.once('close', (code) => done({ code, stdout, stderr }));
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Trains in about a second, on the JavaScript backend too. */
export const tinyPipeline = pipelineNamed('tiny', 6);

export function pipelineNamed(name: string, steps: number): string {
  return `version: 1
name: ${name}
datasets:
  ring: {type: gaussian_mixture, layout: ring, modes: 8, splits: {train: 400, test: 100}}
architectures:
  generator: {type: mlp_generator, z_dim: 2, hidden: [8]}
  critic: {type: mlp_critic, hidden: [8]}
stages:
  train:
    type: train
    dataset: ring.train
    generator: generator
    critic: critic
    objective: wasserstein
    critic_iterations: 2
    clip: 0.1
    optimizer: {type: rmsprop, lr: 1e-3}
    batch_size: 16
    budget: {generator_steps: ${steps}}
    snapshots: {every: {generator_steps: 3}}
  quality:
    type: evaluate
    model: train
    at: every_snapshot
    reference: ring.test
    samples: 50
    metrics: {swd: {type: sliced_wasserstein, projections: 8}}
`;
}

/** Names of runs, times and durations differ each time; what remains can be compared. */
export function steady(text: string): string {
  return text
    .replace(/\d{8}T\d{6}Z-[0-9a-f]{4}/g, 'RUN')
    .replace(/\b\d+(\.\d+)? (s|min|ms)\b/g, 'TIME')
    .replace(/runs\/[0-9a-f]{32}/g, 'runs/ID')
    .replace(/\b[0-9a-f]{12}\b/g, 'KEY')
    .replace(/ {3,}/g, '  ');
}

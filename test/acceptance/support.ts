import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { onTestFailed, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';

import { required } from '../../src/base/invariant.js';
import type { Artifact } from '../../src/cache/contract.js';
import type { RunRecord } from '../../src/execute/record.js';
import { historyOf, readRun, runIdsIn } from '../../src/tracking/history.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The command line as `npm run build` makes it. */
export const wassermill = [process.execPath, join(root, 'dist/cli/main.js')] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a user's own shell. What npm and vitest add for the tests would reach the npm that a test
 * starts, as settings; only the user's say on how the network is reached stays.
 */
export function userEnvironment(changes: Environment = {}): NodeJS.ProcessEnv {
  const network =
    /^npm_config_(registry|proxy|https?[-_]proxy|noproxy|cafile|ca|strict[-_]ssl|fetch[-_].*|userconfig)$/;
  const added = /^(npm_|INIT_CWD$|NODE_ENV$|NODE_OPTIONS$|VITEST|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$)/;
  const own = Object.entries(process.env).filter(([name]) => network.test(name) || !added.test(name));
  return { ...Object.fromEntries(own), ...changes };
}

/** Where a user's settings of npm and pip are found although the home folder is another one. */
export function userSettings(): Environment {
  const pip = ['.config/pip/pip.conf', '.pip/pip.conf'].map((file) => join(homedir(), file)).find(existsSync);
  return {
    NPM_CONFIG_USERCONFIG: process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc'),
    ...(pip !== undefined && process.env['PIP_CONFIG_FILE'] === undefined && { PIP_CONFIG_FILE: pip }),
  };
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** Standard output and standard error as they came. */
  readonly output: string;
  readonly seconds: number;
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** To the process and all in its group, as a terminal's Ctrl-C goes. */
  readonly signal: (name: NodeJS.Signals) => void;
}

/** Starts a command, within a test: what it said is printed when the test fails, and it ends with the test. */
export function start(command: readonly string[], { cwd = root, env }: CommandOptions = {}): Started {
  const [program = '', ...args] = command;
  const began = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: env ?? userEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that what it starts can be ended with it.
    detached: true,
  });
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout, output, seconds: (performance.now() - began) / 1000 });
    });
  });
  const pid = required(child.pid, `the process number of ${program}`);
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch {
      // Nothing of the group is left.
    }
  };
  onTestFailed(() => {
    console.log(`$ ${command.join(' ')}   (in ${cwd})\n${output}`);
  });
  onTestFinished(() => signal('SIGKILL'));
  return { pid, ended, signal };
}

/**
 * Runs a command to its end.
 *
 * @throws when it does not exit with 0.
 */
export async function run(command: readonly string[], options?: CommandOptions): Promise<Ended> {
  const ended = await start(command, options).ended;
  if (ended.code === 0) return ended;
  throw new Error(`${command.join(' ')} ended with ${ended.signal ?? ended.code}:\n${ended.output}`);
}

/** Runs a pipeline file, by the command line, into a folder of outputs. */
export function runPipeline(
  file: string,
  runs: string,
  { flags = [], ...options }: CommandOptions & { readonly flags?: readonly string[] } = {},
): Promise<Ended> {
  return run([...wassermill, 'run', file, '--runs', runs, ...flags], options);
}

export interface FinishedRun {
  readonly id: string;
  readonly directory: string;
  readonly record: RunRecord;
  /** From its first event to its last. */
  readonly seconds: number;
  /** Of the stages that succeeded, by id. */
  readonly artifacts: Readonly<Record<string, Artifact>>;
  /** Ids of the stages that the cache had. */
  readonly cached: readonly string[];
}

/** The newest run in a folder of outputs, as its journal tells it. */
export async function latestRun(runs: string): Promise<FinishedRun> {
  const id = required((await runIdsIn(runs)).at(-1), `a run in ${runs}`);
  const directory = join(historyOf(runs), id);
  const record = required(await readRun(directory), `the journal of ${id}`);
  const artifacts: Record<string, Artifact> = {};
  const cached: string[] = [];
  for (const { stage, outcome } of record.stages) {
    if (outcome.state !== 'succeeded') continue;
    artifacts[stage.id] = outcome.artifact;
    if (outcome.cached) cached.push(stage.id);
  }
  const seconds = ((record.end?.time ?? Number.NaN) - record.start.time) / 1000;
  return { id, directory, record, seconds, artifacts, cached };
}

/** What tests change of a pipeline; the rest is as the file has it. */
interface Pipeline {
  readonly stages?: Readonly<Record<string, Stage>>;
}

interface Stage {
  readonly type?: string;
  budget?: { generator_steps: number } | { steps: number };
  snapshots?: { every: { generator_steps: number }; samples?: number };
  samples?: number;
  count?: number;
  metrics?: Record<string, { type: string; projections?: number }>;
  assert?: Record<string, unknown>[];
}

/**
 * Writes the pipelines of `pipelines/` into a folder, with trainings of so many generator steps, three snapshots on
 * the way, and everything else that takes time cut down; answers with the path of one.
 */
export async function shortened(name: string, steps: number, folder: string): Promise<string> {
  // All of them: some extend others.
  for (const file of await readdir(join(root, 'pipelines'))) {
    const pipeline = parse(await readFile(join(root, 'pipelines', file), 'utf8')) as Pipeline;
    for (const stage of Object.values(pipeline.stages ?? {})) shorten(stage, steps);
    await writeFile(join(folder, file), stringify(pipeline));
  }
  return join(folder, name);
}

function shorten(stage: Stage, steps: number): void {
  if (stage.budget) stage.budget = stage.type === 'classifier' ? { steps } : { generator_steps: steps };
  if (stage.snapshots) stage.snapshots.every = { generator_steps: Math.ceil(steps / 3) };
  // More than a classifier of images has features, as FID wants.
  if (stage.samples !== undefined) stage.samples = 150;
  if (stage.count !== undefined) stage.count = 16;
  // Of so few steps nothing is to be expected.
  for (const assertion of stage.type === 'gate' ? (stage.assert ?? []) : []) {
    for (const bound of Object.keys(assertion)) {
      if (bound.startsWith('max')) assertion[bound] = 1e9;
      if (bound.startsWith('min')) assertion[bound] = bound === 'min_ratio' ? 1e-9 : -1e9;
    }
  }
  for (const metric of Object.values(stage.metrics ?? {})) {
    if (metric.projections !== undefined) metric.projections = 16;
  }
}

import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import { takeInventory } from '../../src/cache/inventory.js';
import { temporaryFolder } from '../files/support.js';
import { callsIn, describeFault, type Fault, start, type Who } from './faults.js';
import { makeProject, type Project, runArguments } from './pipelines.js';
import { damageIn, latestResults, type Results, unhealedIn } from './state.js';

/** A project, what an undisturbed run of it came to, and the calls that this took. */
export interface Reference {
  readonly project: Project;
  /** Of the command that is disturbed, and then left alone. */
  readonly args: readonly string[];
  /** Makes the folder, which is not there, in which the command is given. */
  readonly prepare: (folder: string) => Promise<void>;
  readonly results: Results;
  readonly calls: Readonly<Record<Who, readonly string[]>>;
  /** Of the run, in milliseconds. */
  readonly took: number;
}

const references = new Map<Project, Reference>();

/** Made once in a test file. */
export async function referenceOf(project: Project): Promise<Reference> {
  const known =
    references.get(project) ??
    (await newReference(project, runArguments, (folder) => makeProject(folder, project)));
  references.set(project, known);
  return known;
}

/** The same with a checkpoint of each training after each of its steps. */
export function savingReference(project: Project): Promise<Reference> {
  return newReference(project, [...runArguments, ...savingOften], (folder) => makeProject(folder, project));
}

/**
 * The command goes on with a run of which a worker was killed when it had put away a checkpoint; what it comes to are the results of a
 * run that was let alone.
 */
export async function resumingReference(project: Project): Promise<Reference> {
  const { args, results, calls } = await savingReference(project);
  // The marker, which is moved to its place.
  const saved = calls.worker.findIndex((call) => /^rename .*\/checkpoints\/\w+\/\.[^/]+\.tmp$/.test(call));
  expect(saved).toBeGreaterThan(0);
  const left = join(await temporaryFolder(), 'left');
  await makeProject(left, project);
  const fault: Fault = { who: 'worker', at: saved + 1, how: 'kill' };
  expect(await start(left, args, { fault }).ended).toMatchObject({ code: 1 });
  expect((await takeInventory(join(left, 'runs/store'))).checkpoints).toHaveLength(1);
  for (const who of ['main', 'worker']) await rm(join(left, `calls.${who}`));
  const prepare = (folder: string) => cp(left, folder, { recursive: true, preserveTimestamps: true });
  const reference = await newReference(project, ['resume', ...savingOften], prepare);
  expect(reference.results).toEqual(results);
  return reference;
}

const savingOften = ['--checkpoint-every', '1'];

async function newReference(
  project: Project,
  args: Reference['args'],
  prepare: Reference['prepare'],
): Promise<Reference> {
  const folder = join(await temporaryFolder(), 'undisturbed');
  await prepare(folder);
  const began = performance.now();
  const end = await start(folder, args).ended;
  const took = performance.now() - began;
  expect([end.code, complaintsIn(end.stderr)]).toEqual([0, '']);
  expect(await unhealedIn(join(folder, 'runs'))).toEqual([]);
  const results = await latestResults(join(folder, 'runs'));
  const calls = { main: await callsIn(folder, 'main'), worker: await callsIn(folder, 'worker') };
  return { project, args, prepare, results, calls, took };
}

/** What is not as it should be after a run with a fault, and another without. */
async function problemsAfter(reference: Reference, fault: Fault, folder: string): Promise<readonly string[]> {
  const runs = join(folder, 'runs');
  await reference.prepare(folder);
  const end = await start(folder, reference.args, { fault }).ended;
  const problems = [...unexpectedEnd(fault, end), ...(await damageIn(runs))];
  return [...problems, ...(await problemsAtRerun(reference, folder))];
}

/** What is not as it should be with an undisturbed run, after whatever has happened in the folder before. */
export async function problemsAtRerun(reference: Reference, folder: string): Promise<readonly string[]> {
  const runs = join(folder, 'runs');
  const rerun = await start(folder, reference.args).ended;
  const said = rerun.stdout + rerun.stderr;
  // It had come to its end before it was disturbed.
  if (reference.args[0] === 'resume' && rerun.code === 2 && said.includes('there is nothing to go on with')) {
    return (await start(folder, runArguments).ended).code === 0 ? unhealedIn(runs) : [said];
  }
  if (rerun.code !== 0) return [`the rerun ended with ${rerun.code}: ${rerun.stdout}${rerun.stderr}`];
  const problems = [...(await unhealedIn(runs))];
  if (complaintsIn(rerun.stderr) !== '') problems.push(`the rerun said: ${rerun.stderr}`);
  try {
    expect(await latestResults(runs)).toEqual(reference.results);
  } catch (error) {
    problems.push(`the results differ: ${String(error)}`);
  }
  return problems;
}

/** Without the note on the backend that tests use. */
function complaintsIn(stderr: string): string {
  return stderr.replace(/^note: --backend cpu .*\n/m, '');
}

/** Whether a user is shown what is ours alone. */
export function internalsIn(said: string): boolean {
  return /Internal error|^ {4}at |Unhandled|ERR_[A-Z]|node:internal/m.test(said);
}

/** A killed process has no say; one that was refused something says what, and its exit code whether that cost the run. */
function unexpectedEnd(
  { how, who }: Fault,
  {
    code,
    signal,
    stdout,
    stderr,
  }: { code: number | null; signal: string | null; stdout: string; stderr: string },
): readonly string[] {
  const said = stdout + stderr;
  const problems: string[] = [];
  if (internalsIn(said)) problems.push(`it said: ${said}`);
  const isKill = how === 'kill' || how === 'half';
  if (isKill && who === 'main')
    return signal === 'SIGKILL' ? problems : [...problems, `it ended with ${code}`];
  if (isKill) {
    if (code !== 1) problems.push(`it ended with ${code ?? signal}`);
    if (!/SIGKILL|killed/.test(said)) problems.push(`it did not say that the worker was killed: ${said}`);
    return problems;
  }
  if (code !== 0 && code !== 1) problems.push(`it ended with ${code ?? signal}: ${said}`);
  return problems;
}

/**
 * Tries the faults, each in a folder of its own.
 * @returns what went wrong at which; nothing where all is well.
 */
export async function failuresOf(reference: Reference, faults: readonly Fault[]): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  const failures: string[] = [];
  await inPairs(faults, async (fault, index) => {
    const place = join(folder, String(index));
    const problems = await problemsAfter(reference, fault, place).catch((error: unknown) => [String(error)]);
    const where = describeFault(fault, reference.calls[fault.who]);
    failures.push(...problems.map((problem) => `${where}: ${problem}`));
    // At once: all of them may take hours.
    for (const problem of problems) console.log(`${where}: ${problem}`);
    await rm(place, { recursive: true, force: true });
    if (index % 50 === 49) console.log(`${index + 1} of ${faults.length} tried`);
  });
  return failures;
}

/** Two at a time: a run waits for its disk and its children about half of its time. */
export async function inPairs<Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = [...items.entries()];
  const one = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next[1], next[0]);
  };
  await Promise.all([one(), one()]);
}

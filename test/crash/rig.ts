import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { callsIn, describeFault, type Fault, start, type Who } from './faults.js';
import { makeProject, type Project, runArguments } from './pipelines.js';
import { damageIn, latestResults, type Results, unhealedIn } from './state.js';

/** A project, what an undisturbed run of it came to, and the calls that this took. */
export interface Reference {
  readonly project: Project;
  readonly results: Results;
  readonly calls: Readonly<Record<Who, readonly string[]>>;
  /** Of the run, in milliseconds. */
  readonly took: number;
}

const references = new Map<Project, Reference>();

/** Made once in a test file. */
export async function referenceOf(project: Project): Promise<Reference> {
  const known = references.get(project) ?? (await newReference(project));
  references.set(project, known);
  return known;
}

async function newReference(project: Project): Promise<Reference> {
  const folder = await temporaryFolder();
  await makeProject(folder, project);
  const began = performance.now();
  const end = await start(folder, runArguments).ended;
  const took = performance.now() - began;
  expect([end.code, complaintsIn(end.stderr)]).toEqual([0, '']);
  expect(await unhealedIn(join(folder, 'runs'))).toEqual([]);
  const results = await latestResults(join(folder, 'runs'));
  const calls = { main: await callsIn(folder, 'main'), worker: await callsIn(folder, 'worker') };
  return { project, results, calls, took };
}

/** What is not as it should be after a run with a fault, and another without. */
async function problemsAfter(reference: Reference, fault: Fault, folder: string): Promise<readonly string[]> {
  const runs = join(folder, 'runs');
  await makeProject(folder, reference.project);
  const end = await start(folder, runArguments, { fault }).ended;
  const problems = [...unexpectedEnd(fault, end), ...(await damageIn(runs))];
  return [...problems, ...(await problemsAtRerun(reference, folder))];
}

/** What is not as it should be with an undisturbed run, after whatever has happened in the folder before. */
export async function problemsAtRerun(reference: Reference, folder: string): Promise<readonly string[]> {
  const runs = join(folder, 'runs');
  const rerun = await start(folder, runArguments).ended;
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
    // At once: all of them may take an hour.
    for (const problem of problems) console.log(`${where}: ${problem}`);
    await rm(place, { recursive: true, force: true });
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

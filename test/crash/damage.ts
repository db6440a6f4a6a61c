import { readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { expect } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { historyOf, runIdsIn } from '../../src/tracking/history.js';
import { markSynced } from '../../src/tracking/replay/synced.js';
import { temporaryFolder } from '../files/support.js';
import { start } from './faults.js';
import { makeProject, runArguments } from './pipelines.js';
import { inPairs, internalsIn, type Reference } from './rig.js';
import { latestResults } from './state.js';

/** What may befall a file. `flipped` keeps its size and its time: only a look at every byte finds it. */
export const damages = ['flipped', 'halved', 'emptied', 'replaced', 'removed'] as const;
export type Damage = (typeof damages)[number];

/** The kinds of files in a folder of outputs, by their names; `text` is a file of an artifact. */
export const fileKinds = [
  'text',
  'artifact.json',
  'events.jsonl',
  'source-digests.json',
  'journal.jsonl',
  'plan.json',
  'resolved.yaml',
  'recorded.json',
  'synced.json',
  'log.jsonl',
  'report.html',
  'mlflow.db',
] as const;

export interface DamagedFile {
  readonly kind: (typeof fileKinds)[number];
  readonly how: Damage;
}

/** Commands that read what is in a folder of outputs, each with the exit codes that it may have: never an internal error. */
const readers: readonly (readonly string[])[] = [
  ['plan', 'pipeline.yaml', '--backend', 'cpu'],
  ['explain', 'pipeline.yaml', '--backend', 'cpu'],
  ['show'],
  ['report'],
  ['cache', 'ls'],
  ['cache', 'gc', '-n'],
  ['cache', 'verify', '--repair'],
];

/**
 * Damages a file of a finished run, and then uses all that there is: the same run again, all that reads, and a run that
 * reads the artifact of the first stage anew.
 * @returns what went wrong at which; nothing where all is well.
 */
export async function failuresOfDamage(
  reference: Reference,
  files: readonly DamagedFile[],
): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  const failures: string[] = [];
  await inPairs(files, async ({ kind, how }, index) => {
    const place = join(folder, String(index));
    const problems = await problemsAfterDamage(reference, { kind, how }, place).catch((error: unknown) => [
      String(error),
    ]);
    failures.push(...problems.map((problem) => `${kind} ${how}: ${problem}`));
  });
  return failures;
}

async function problemsAfterDamage(
  { project, results }: Reference,
  { kind, how }: DamagedFile,
  place: string,
): Promise<readonly string[]> {
  const runs = join(place, 'runs');
  const problems: string[] = [];
  const use = async (args: readonly string[], codes: readonly (number | null)[]): Promise<void> => {
    const { code, stdout, stderr } = await start(place, args).ended;
    const said = `${args.join(' ')}: ${code} ${stdout}${stderr}`;
    if (!codes.includes(code) || internalsIn(stdout + stderr)) problems.push(said);
  };
  await makeProject(place, project);
  await use(runArguments, [0]);
  const id = required((await runIdsIn(runs)).at(-1), 'the run');
  const run = { id, experimentId: '1', storeId: id };
  await markSynced(join(historyOf(runs), id), 'http://127.0.0.1:9', { status: 'succeeded', runs: [run] });
  await damage(await fileOf(runs, kind), how);

  await use(runArguments, [0]);
  for (const reader of readers)
    await use(reader, ['show', 'report', 'cache'].includes(reader[0] ?? '') ? [0, 1] : [0]);
  // All that is read is compared before: nothing is made from the damaged file.
  const text = required(project['pipeline.yaml'], 'the pipeline');
  await writeFile(join(place, 'pipeline.yaml'), text.replace('wc -c', 'wc  -c'));
  await use(runArguments, [0]);
  const digests = (await latestResults(runs)).stages.map(({ digest }) => digest);
  try {
    expect(digests).toEqual(results.stages.map(({ digest }) => digest));
  } catch (error) {
    problems.push(`the results differ: ${String(error)}`);
  }
  await use(['cache', 'verify'], [0]);
  return problems;
}

async function fileOf(runs: string, kind: string): Promise<string> {
  const entries = await readdir(runs, { recursive: true, withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isFile() && basename(entry.name) === kind)
    .map((entry) => join(entry.parentPath, entry.name))
    // A run's own files, and not the copies of them in the bundle.
    .filter((file) => !file.includes('mlartifacts'));
  return required(found.sort()[0], `a file ${kind}`);
}

async function damage(file: string, how: Damage): Promise<void> {
  const { size, atime, mtime } = await stat(file);
  switch (how) {
    case 'flipped': {
      const bytes = await readFile(file);
      bytes[size >> 1] = (bytes[size >> 1] ?? 0) ^ 0x81;
      await writeFile(file, bytes.subarray(0, size));
      await utimes(file, atime, mtime);
      break;
    }
    case 'halved':
      await truncate(file, size >> 1);
      break;
    case 'emptied':
      await truncate(file, 0);
      break;
    case 'replaced':
      await writeFile(file, 'null\n');
      break;
    case 'removed':
      await rm(file);
      break;
  }
}

import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { stringify } from 'yaml';

import type { JsonObject } from '../base/json.js';
import { writeFileAtomic } from '../files/atomic-write.js';
import { errorCode } from '../files/file-errors.js';
import { makeFolder } from '../files/make-folder.js';

/** Where one run's record is kept. */
export interface RunFolder {
  /** `20261123T183501Z-3f9a`: sortable by time, unique in its store. */
  readonly run: string;
  /** Absolute. */
  readonly directory: string;
  readonly report: string;
  readonly log: string;
}

export function reportIn(runDirectory: string): string {
  return path.join(runDirectory, 'report.html');
}

/** The plan as it was run, frozen, to be run again. */
export function lockIn(runDirectory: string): string {
  return path.join(runDirectory, 'plan.lock');
}

export function logIn(runDirectory: string): string {
  return path.join(runDirectory, 'log.jsonl');
}

/** Makes the folder of a new run, and writes down what will run: later edits of the pipeline cannot change it. */
export async function createRunFolder(
  runs: string,
  time: number,
  { record, specification }: { readonly record: string; readonly specification: JsonObject },
): Promise<RunFolder> {
  const directory = await newFolder(path.join(runs, 'history'), time);
  await writeFileAtomic(path.join(directory, 'plan.json'), record);
  await writeFileAtomic(path.join(directory, 'resolved.yaml'), stringify(specification));
  return {
    run: path.basename(directory),
    directory,
    report: reportIn(directory),
    log: logIn(directory),
  };
}

/** Runs that begin in the same millisecond, or whose clock was set back, may draw the same name: they share no folder. */
async function newFolder(history: string, time: number): Promise<string> {
  await makeFolder(history);
  for (let later = time; ; later += 1) {
    const directory = path.join(history, runName(later));
    try {
      await mkdir(directory);
      return directory;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** The time to the millisecond, so that the names of runs sort by it; and a sixteenth of one, drawn. */
function runName(time: number): string {
  const instant = new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
  const fraction = (time % 1000) * 16 + randomInt(16);
  return `${instant}-${fraction.toString(16).padStart(4, '0')}`;
}

import { copyFile, link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Digest } from '../base/digest.js';
import { syncFolder } from '../files/atomic-write.js';
import { digestFile } from '../files/digest-file.js';
import { errorCode } from '../files/file-errors.js';

export interface KeptFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly digest: Digest;
}

/** The files of an output folder, kept in a folder that outlives it, as hard links where the file system has such. */
export class KeptFiles {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Keeps, durably, what has been written into the output folder since `known` was kept. @returns all of it, without
   * what is in the output folder no more.
   */
  async add(output: string, known: readonly KeptFile[]): Promise<readonly KeptFile[]> {
    const present = new Set(await filesIn(output));
    const still = known.filter(({ path }) => present.has(path));
    for (const { path } of still) present.delete(path);
    const added: KeptFile[] = [];
    const folders = new Set<string>();
    for (const path of present) {
      const kept = join(this.folder, path);
      // One that was kept for a checkpoint that its process did not live to finish.
      await rm(kept, { force: true });
      await linkOrCopy(join(output, path), kept);
      added.push({ path, digest: await digestDurably(kept) });
      for (let folder = dirname(kept); folder !== dirname(this.folder); folder = dirname(folder)) {
        folders.add(folder);
      }
    }
    for (const folder of folders) await syncFolder(folder);
    return [...still, ...added];
  }

  /** What is wrong with one of the files; undefined where all are what they were. */
  async fault(files: readonly KeptFile[]): Promise<string | undefined> {
    for (const { path, digest } of files) {
      const fault = await contentFault(join(this.folder, path), path, digest);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  async putInto(output: string, files: readonly KeptFile[]): Promise<void> {
    for (const { path } of files) await linkOrCopy(join(this.folder, path), join(output, path));
  }
}

/** What is wrong with a file's content, which is called `shown`. */
export async function contentFault(path: string, shown: string, digest: Digest): Promise<string | undefined> {
  try {
    return (await digestFile(path)) === digest ? undefined : `${shown} has changed`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return `${shown} is missing`;
    throw error;
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await link(from, to);
  } catch (error) {
    // File systems without hard links.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EXDEV', 'EMLINK'].includes(errorCode(error) ?? '')) throw error;
    await copyFile(from, to);
  }
}

async function digestDurably(path: string): Promise<Digest> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return digestFile(path);
}

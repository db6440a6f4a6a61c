import { statSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { invariant } from '../base/invariant.js';
import { digestFile } from '../files/digest-file.js';
import { errorCode } from '../files/file-errors.js';
import type { ArtifactFile } from './contract.js';

/** A file as the marker describes it. */
export interface StoredFile extends ArtifactFile {
  /** Modification time in milliseconds since the epoch, as the file system gave it. */
  readonly mtimeMs: number;
}

export interface Contents {
  /** Relative paths with `/`, sorted by code unit. */
  readonly files: readonly string[];
  /** Relative paths of the folders inside, each before what it holds. */
  readonly folders: readonly string[];
}

/** @throws InternalError for links, devices and other things that are neither file nor folder. */
export async function contentsOf(directory: string): Promise<Contents> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(directory.length + 1);
    invariant(
      entry.isFile() || entry.isDirectory(),
      `${path} in ${directory} is neither a file nor a folder`,
    );
    (entry.isFile() ? files : folders).push(path);
  }
  return { files: files.sort(), folders: folders.sort() };
}

/** Reads the file once: describes it, and makes its content survive a power cut. */
export async function describeDurably(directory: string, path: string): Promise<StoredFile> {
  const digest = await digestFile(join(directory, path));
  const file = await open(join(directory, path), 'r');
  try {
    await file.sync();
    const { size, mtimeMs } = await file.stat();
    return { path, bytes: size, digest, mtimeMs };
  } finally {
    await file.close();
  }
}

/** What is wrong with the file's content, or undefined when it has the digest. */
export async function contentFault(directory: string, expected: ArtifactFile): Promise<string | undefined> {
  try {
    const digest = await digestFile(join(directory, expected.path));
    return digest === expected.digest ? undefined : `the content of ${expected.path} has changed`;
  } catch (error) {
    return fileFault(expected.path, error);
  }
}

/** What is wrong with the file by its size and modification time. Content is read where only the time differs. */
export async function statFault(directory: string, expected: StoredFile): Promise<string | undefined> {
  try {
    const found = statSync(join(directory, expected.path));
    if (!found.isFile()) return `${expected.path} is not a file`;
    if (found.size !== expected.bytes) {
      return `${expected.path} has ${found.size} bytes instead of ${expected.bytes}`;
    }
    if (found.mtimeMs === expected.mtimeMs) return undefined;
  } catch (error) {
    return fileFault(expected.path, error);
  }
  return contentFault(directory, expected);
}

function fileFault(path: string, error: unknown): string {
  // Too many open files says nothing about this one.
  if (['EMFILE', 'ENFILE'].includes(errorCode(error) ?? '')) throw error;
  if (errorCode(error) === 'ENOENT') return `${path} is missing`;
  return `${path} cannot be read (${error instanceof Error ? error.message : String(error)})`;
}

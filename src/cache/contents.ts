import { readFileSync, statSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { digestBytes, type Digest } from '../base/digest.js';
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
  /** Links, devices and whatever else is neither. */
  readonly others: readonly string[];
}

export async function contentsOf(directory: string): Promise<Contents> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files: string[] = [];
  const folders: string[] = [];
  const others: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(directory.length + 1);
    (entry.isFile() ? files : entry.isDirectory() ? folders : others).push(path);
  }
  return { files: files.sort(), folders: folders.sort(), others: others.sort() };
}

/** Reads the file once: describes it, and makes its content survive a power cut. */
export async function describeDurably(directory: string, path: string): Promise<StoredFile> {
  const file = await open(join(directory, path), 'r');
  try {
    // The disk writes while the digest is computed.
    const [digest] = await Promise.all([digestFile(join(directory, path)), file.sync()]);
    const { size, mtimeMs } = await file.stat();
    return { path, bytes: size, digest, mtimeMs };
  } finally {
    await file.close();
  }
}

/** What is wrong with the file, its content being compared with the digest; undefined where nothing is. */
export async function contentFault(directory: string, expected: ArtifactFile): Promise<string | undefined> {
  return fault(directory, expected, () => true);
}

/** What is wrong with the file by its size and modification time. Content is read where only the time differs. */
export async function statFault(directory: string, expected: StoredFile): Promise<string | undefined> {
  return fault(directory, expected, (mtimeMs) => mtimeMs !== expected.mtimeMs);
}

async function fault(
  directory: string,
  { path, bytes, digest }: ArtifactFile,
  isDoubted: (mtimeMs: number) => boolean,
): Promise<string | undefined> {
  try {
    const found = statSync(join(directory, path));
    if (!found.isFile()) return `${path} is not a file`;
    if (found.size !== bytes) return `${path} has ${found.size} bytes instead of ${bytes}`;
    if (!isDoubted(found.mtimeMs) || (await digestOf(join(directory, path), bytes)) === digest)
      return undefined;
    return `the content of ${path} has changed`;
  } catch (error) {
    return readingFault(path, error);
  }
}

/** A small file is read sooner than its turn would come, and a store may have a hundred thousand. */
async function digestOf(path: string, bytes: number): Promise<Digest> {
  return bytes <= 2 ** 16 ? digestBytes(readFileSync(path)) : digestFile(path);
}

function readingFault(path: string, error: unknown): string {
  // Too many open files says nothing about this one.
  if (['EMFILE', 'ENFILE'].includes(errorCode(error) ?? '')) throw error;
  if (errorCode(error) === 'ENOENT') return `${path} is missing`;
  return `${path} cannot be read (${error instanceof Error ? error.message : String(error)})`;
}

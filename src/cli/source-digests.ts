import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import pLimit from 'p-limit';

import { digestBytes, digestJson, isDigest, type Digest } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import { writeFileAtomic } from '../files/atomic-write.js';
import { digestFile } from '../files/digest-file.js';
import type { UserSource } from '../plan/user-sources.js';
import type { SourceFault } from '../plan/world.js';

/** What a file looked like when it was last read; while it looks the same, it is not read again. */
interface Remembered {
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly digest: string;
}

/** A file changed this recently could change again within its file system's clock tick: it is not remembered. */
const settledAfterMs = 2000;

/**
 * Digests of the user's data files, remembered between runs in one file so that planning does not read gigabytes
 * again. A forgotten or damaged memory costs time only.
 */
export class SourceDigests {
  readonly #memoryFile: string;
  readonly #memory: Map<string, Remembered>;
  readonly #now: () => number;
  readonly #answers = new Map<string, Digest>();
  #changed = false;

  private constructor(memoryFile: string, memory: Map<string, Remembered>, now: () => number) {
    this.#memoryFile = memoryFile;
    this.#memory = memory;
    this.#now = now;
  }

  static async open(memoryFile: string, now: () => number): Promise<SourceDigests> {
    try {
      return new SourceDigests(memoryFile, memoryOf(await readFile(memoryFile, 'utf8')), now);
    } catch {
      return new SourceDigests(memoryFile, new Map(), now);
    }
  }

  /** Keeps what was learnt. */
  async save(): Promise<void> {
    if (!this.#changed) return;
    await mkdir(path.dirname(this.#memoryFile), { recursive: true });
    await writeFileAtomic(this.#memoryFile, textOf(this.#memory));
    this.#changed = false;
  }

  async digest(source: UserSource): Promise<Result<Digest, SourceFault>> {
    const digest = await this.#look(source);
    if (digest.ok) this.#answers.set(source.path, digest.value);
    return digest;
  }

  /** What `digest` said last. */
  answered(source: UserSource): Digest | undefined {
    return this.#answers.get(source.path);
  }

  /** Whether the content is another than `digest` said last. */
  async hasChanged(source: UserSource): Promise<boolean> {
    const before = this.#answers.get(source.path);
    const now = await this.#look(source);
    return !now.ok || now.value !== before;
  }

  async #look(source: UserSource): Promise<Result<Digest, SourceFault>> {
    try {
      const found = await stat(source.path);
      if (source.kind !== 'folder' && found.isFile()) return ok(await this.#file(source.path));
      return source.kind !== 'file' && found.isDirectory() ? await this.#folder(source.path) : wrongKind;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      const missing = code === 'ENOENT' || code === 'ENOTDIR';
      return err({ reason: missing ? 'missing' : 'unreadable', detail: message });
    }
  }

  async #folder(folder: string): Promise<Result<Digest, SourceFault>> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();
    if (files.length === 0) return err({ reason: 'empty', detail: '' });
    const limit = pLimit(8);
    const digests = await limit.map(files, async (file) => [
      path.relative(folder, file),
      await this.#file(file),
    ]);
    return ok(digestJson(digests));
  }

  async #file(file: string): Promise<Digest> {
    const { size: bytes, mtimeMs, ino: inode } = await stat(file);
    const known = this.#memory.get(file);
    if (
      known?.bytes === bytes &&
      known.mtimeMs === mtimeMs &&
      known.inode === inode &&
      isDigest(known.digest)
    ) {
      return known.digest;
    }
    const digest = await digestFile(file);
    if (this.#now() - mtimeMs > settledAfterMs) {
      this.#memory.set(file, { bytes, mtimeMs, inode, digest });
      this.#changed = true;
    }
    return digest;
  }
}

/** With a digest of itself: a wrong digit in one of the others would be taken for other data. */
function textOf(memory: ReadonlyMap<string, Remembered>): string {
  const files = JSON.stringify(Object.fromEntries(memory));
  return `{"self":"${digestBytes(files)}","files":${files}}`;
}

/** Empty for anything but what `textOf` made. */
function memoryOf(text: string): Map<string, Remembered> {
  const { self, files } = JSON.parse(text) as { self: string; files: Record<string, Remembered> };
  return new Map(self === digestBytes(JSON.stringify(files)) ? Object.entries(files) : []);
}

const wrongKind = err({ reason: 'wrong_kind', detail: '' } as const);

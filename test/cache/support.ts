import { execFileSync } from 'node:child_process';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { digestBytes } from '../../src/base/digest.js';
import type { Artifact, Cache, Draft } from '../../src/cache/contract.js';
import type { StageKey } from '../../src/plan/types.js';

export function keyOf(name: string): StageKey {
  return digestBytes(name) as StageKey;
}

export async function draftWith(cache: Cache, key: StageKey, files: Record<string, string>): Promise<Draft> {
  const draft = await cache.begin(key);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(draft.directory, path)), { recursive: true });
    await writeFile(join(draft.directory, path), content);
  }
  return draft;
}

export async function stored(cache: Cache, key: StageKey, files: Record<string, string>): Promise<Artifact> {
  return (await draftWith(cache, key, files)).commit(1.5);
}

/** Changes a file's content and neither its size nor its modification time, as a failing disk does. */
export async function corruptUnseen(path: string): Promise<void> {
  const original = `${path}.original`;
  // Node's own `utimes` rounds nanoseconds away.
  execFileSync('cp', ['-p', path, original]);
  await writeFile(path, '#'.repeat((await stat(path)).size));
  execFileSync('touch', ['-r', original, path]);
  await rm(original);
}

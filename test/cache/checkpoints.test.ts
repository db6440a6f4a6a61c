import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { judgeCheckpoint, removeGarbageCheckpoint, type GarbageRules } from '../../src/cache/collect.js';
import type { Cache } from '../../src/cache/contract.js';
import { takeInventory } from '../../src/cache/inventory.js';
import { openStore } from '../../src/cache/store.js';
import type { StageKey } from '../../src/plan/types.js';
import { temporaryFolder } from '../files/support.js';
import { keyOf, stored } from './support.js';

async function checkpointed(store: Cache, key: StageKey): Promise<void> {
  const folder = store.checkpointOf(key);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'checkpoint.json'), '{}');
}

test('a checkpoint lasts until its artifact is there, and is no stray', async () => {
  const folder = join(await temporaryFolder(), 'store');
  const store = await openStore(folder);
  const [finished, unfinished, remade] = [keyOf('finished'), keyOf('unfinished'), keyOf('remade')];
  for (const key of [finished, unfinished, remade]) await checkpointed(store, key);
  for (const key of [finished, remade]) await stored(store, key, { out: '1' });
  // By somebody who makes it again, and may be interrupted.
  expect((await store.reserve(remade)).state).toBe('acquired');

  const again = await openStore(folder);
  expect((await readdir(join(folder, 'checkpoints'))).sort()).toEqual([unfinished, remade].sort());
  expect((await takeInventory(folder)).strays).toEqual([]);

  await again.removeCheckpoint(unfinished);
  await again.removeCheckpoint(unfinished);
  expect(await readdir(join(folder, 'checkpoints'))).toEqual([remade]);
  expect(await readdir(join(folder, 'drafts'))).toEqual([]);
});

describe('a checkpoint is garbage', () => {
  const key = keyOf('unfinished');
  const rules = (changes: Partial<GarbageRules> = {}): GarbageRules => ({
    isNeeded: () => false,
    isNeededNow: () => Promise.resolve(false),
    madeBefore: Infinity,
    ...changes,
  });

  test('when nobody needs it, it was saved a while ago, and nobody works on it', async () => {
    const folder = join(await temporaryFolder(), 'store');
    const store = await openStore(folder);
    expect(await judgeCheckpoint(folder, key, rules())).toBe('gone');
    await checkpointed(store, key);
    expect((await takeInventory(folder)).checkpoints).toEqual([key]);
    expect(await judgeCheckpoint(folder, key, rules())).toBe('garbage');
    expect(await judgeCheckpoint(folder, key, rules({ isNeeded: () => true }))).toBe('needed');
    await utimes(store.checkpointOf(key), 1000, 1000);
    expect(await judgeCheckpoint(folder, key, rules({ madeBefore: 999_999 }))).toBe('young');
    const reservation = await store.reserve(key);
    expect(await judgeCheckpoint(folder, key, rules())).toBe('in_use');
    expect(await removeGarbageCheckpoint(folder, key, rules())).toBe('in_use');
    if (reservation.state === 'acquired') await reservation.release();
    expect(await removeGarbageCheckpoint(folder, key, rules())).toBe('garbage');
    expect((await takeInventory(folder)).checkpoints).toEqual([]);
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
  });

  test('and is put back where a run has begun meanwhile', async () => {
    const folder = join(await temporaryFolder(), 'store');
    const store = await openStore(folder);
    await checkpointed(store, key);
    const isNeededNow = async () => {
      expect(await readdir(join(folder, 'checkpoints'))).toEqual([]);
      expect((await store.reserve(key)).state).toBe('taken');
      return true;
    };
    expect(await removeGarbageCheckpoint(folder, key, rules({ isNeededNow }))).toBe('needed');
    expect(await readdir(store.checkpointOf(key))).toEqual(['checkpoint.json']);
  });

  test('whoever names it and however young, once its result is there', async () => {
    const folder = join(await temporaryFolder(), 'store');
    const store = await openStore(folder);
    await checkpointed(store, key);
    const careful = rules({
      isNeeded: () => true,
      isNeededNow: () => Promise.resolve(true),
      madeBefore: -Infinity,
    });
    expect(await removeGarbageCheckpoint(folder, key, careful)).toBe('young');
    await stored(store, key, { out: '1' });
    expect(await judgeCheckpoint(folder, key, careful)).toBe('garbage');
    expect(await removeGarbageCheckpoint(folder, key, careful)).toBe('garbage');
    expect((await store.lookup(key)).state).toBe('hit');
  });
});

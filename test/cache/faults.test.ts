import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { inspect } from '../../src/cache/inspect.js';
import { openStore } from '../../src/cache/store.js';
import { smallDisk, temporaryFolder } from '../files/support.js';
import { draftWith, keyOf, stored } from './support.js';

const noMount = 'mounting a small disk needs root, and a container that allows it';

test('a disk that is full when an artifact is committed loses nothing, and once there is room it goes on', async (context) => {
  const disk = await smallDisk(400);
  if (disk === undefined) return context.skip(noMount);
  const folder = join(disk.folder, 'store');
  const store = await openStore(folder);
  const before = await stored(store, keyOf('before'), { weights: 'w'.repeat(1000) });
  // Every amount of room: the disk is full at another point of the commit each time.
  let refused = 0;
  for (let pages = 0; pages < 12; pages++) {
    const draft = await draftWith(store, keyOf('late'), { weights: 'late', events: 'e' });
    await fill(disk.folder, pages * 4096);
    try {
      await draft.commit(1);
      await rm(join(disk.folder, 'filling'));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
      refused += 1;
      expect(await store.lookup(keyOf('late'))).toEqual({ state: 'miss' });
      await draft.discard();
      await rm(join(disk.folder, 'filling'));
    }
    expect(await inspect(folder, keyOf('late'))).toEqual([]);
    expect(await store.verify(before)).toMatchObject({ state: 'hit' });
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
    await store.remove(keyOf('late'));
  }
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(12);
});

/** Takes all room of the disk but so many bytes. */
async function fill(folder: string, free: number): Promise<void> {
  const spare = join(folder, 'spare');
  await writeFile(spare, Buffer.alloc(free));
  const filling = join(folder, 'filling');
  await writeFile(filling, '');
  for (;;) {
    try {
      await writeFile(filling, Buffer.alloc(1024), { flag: 'a' });
    } catch {
      break;
    }
  }
  await rm(spare);
}

test('a store that cannot be written is read all the same', async (context) => {
  const disk = await smallDisk(400);
  if (disk === undefined) return context.skip(noMount);
  const folder = join(disk.folder, 'store');
  const store = await openStore(folder);
  const artifact = await stored(store, keyOf('train'), { weights: 'w' });
  disk.remount('ro');
  expect(await store.lookup(artifact.key)).toEqual({ state: 'hit', artifact });
  expect(await store.verify(artifact)).toEqual({ state: 'hit', artifact });
  await expect(store.begin(keyOf('other'))).rejects.toMatchObject({ code: 'EROFS' });
  await expect(store.reserve(artifact.key)).rejects.toMatchObject({ code: 'EROFS' });
  await expect(store.remove(artifact.key)).rejects.toMatchObject({ code: 'EROFS' });
  expect(await store.verify(artifact)).toEqual({ state: 'hit', artifact });
  disk.remount('rw');
  await stored(store, keyOf('other'), { weights: 'w' });
});

test.each(['drafts', 'locks', 'ab', 'marker'])(
  'a file in the way of %s is told, and nothing is taken for a hit',
  async (place) => {
    const folder = join(await temporaryFolder(), 'store');
    await mkdir(folder);
    const key = keyOf('train');
    const way =
      { drafts: 'drafts', locks: 'locks', ab: key.slice(0, 2), marker: join(key.slice(0, 2), key) }[place] ??
      '';
    await mkdir(join(folder, way, '..'), { recursive: true });
    await writeFile(join(folder, way), '');
    const work = async () => {
      const store = await openStore(folder);
      expect((await store.lookup(key)).state).not.toBe('hit');
      const reservation = await store.reserve(key);
      await stored(store, key, { weights: 'w' });
      if (reservation.state === 'acquired') await reservation.release();
      return (await store.lookup(key)).state;
    };
    // What stands in an artifact's own place is the store's, and heals.
    if (place === 'marker') expect(await work()).toBe('hit');
    else
      await expect(work()).rejects.toMatchObject({
        code: expect.stringMatching(/^(EEXIST|ENOTDIR)$/) as string,
      });
    expect(existsSync(join(folder, way))).toBe(true);
  },
);

import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { judge, removeGarbage, type GarbageRules } from '../../src/cache/collect.js';
import { removeLeavings } from '../../src/cache/leavings.js';
import { inspect, removeDamaged } from '../../src/cache/inspect.js';
import { shelved, takeInventory } from '../../src/cache/inventory.js';
import { openStore } from '../../src/cache/store.js';
import { ownedName, thisProcess } from '../../src/files/process-identity.js';
import { compiledSources, runScript, temporaryFolder } from '../files/support.js';
import { corruptUnseen, keyOf, stored } from './support.js';

const key = keyOf('train');
const files = { 'weights.bin': 'weights', 'samples/0.png': 'first' };
const deadName = () => {
  const name = ownedName().split(',');
  name[3] = '999999999';
  return name.join();
};

async function newStore() {
  const folder = join(await temporaryFolder(), 'store');
  return { folder, store: await openStore(folder) };
}

const rules = (changes: Partial<GarbageRules> = {}): GarbageRules => ({
  isNeeded: () => false,
  isNeededNow: () => Promise.resolve(false),
  madeBefore: Infinity,
  ...changes,
});

describe('the inventory', () => {
  test('of a store that is not there is empty, and makes none', async () => {
    const folder = join(await temporaryFolder(), 'store');
    expect(await takeInventory(folder)).toEqual({ keys: [], drafts: [], checkpoints: [], strays: [] });
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });

  test('tells artifacts, drafts of the living and the dead, and what does not belong', async () => {
    const { folder, store } = await newStore();
    await stored(store, key, files);
    const draft = await store.begin(keyOf('other'));
    await mkdir(join(folder, 'drafts', deadName()));
    await writeFile(join(folder, 'notes.txt'), '');
    await writeFile(join(folder, 'drafts', '%zz,a,b,7,c,d'), '');
    await mkdir(join(folder, key.slice(0, 2), keyOf('elsewhere')));
    const { keys, drafts, strays } = await takeInventory(folder);
    expect(keys).toEqual([key]);
    expect(drafts.map(({ isAlive }) => isAlive).sort()).toEqual([false, true]);
    expect(drafts.find(({ isAlive }) => isAlive)).toMatchObject({
      directory: draft.directory,
      owner: thisProcess(),
    });
    expect(strays).toEqual([join(key.slice(0, 2), keyOf('elsewhere')), 'drafts/%zz,a,b,7,c,d', 'notes.txt']);
    const artifact = await shelved(folder, key);
    expect(artifact).toMatchObject({ bytes: 12, found: { state: 'hit' } });
    expect(Math.abs(Date.now() - (artifact?.made ?? 0))).toBeLessThan(60_000);
    expect(await shelved(folder, keyOf('absent'))).toBeUndefined();
  });
});

describe('an inspection finds', () => {
  test.each<[string, (directory: string) => Promise<unknown>, readonly string[]]>([
    ['nothing where nothing is', () => Promise.resolve(), []],
    [
      'every fault, and not only the first',
      async (directory) => {
        await corruptUnseen(join(directory, 'samples/0.png'));
        await rm(join(directory, 'weights.bin'));
        await writeFile(join(directory, 'more'), '');
        await symlink('/etc/hostname', join(directory, 'link'));
      },
      [
        'the content of samples/0.png has changed',
        'weights.bin is missing',
        'more was added afterwards',
        'link was added afterwards',
      ],
    ],
    [
      'a marker that is cut off',
      async (directory) => {
        const marker = join(directory, 'artifact.json');
        await writeFile(marker, (await readFile(marker, 'utf8')).slice(0, 40));
      },
      ['artifact.json is corrupt, or not in format 1'],
    ],
    [
      'a folder in the place of the marker',
      async (directory) => {
        await rm(join(directory, 'artifact.json'));
        await mkdir(join(directory, 'artifact.json'));
      },
      ['artifact.json cannot be read (EISDIR)'],
    ],
    [
      'a file in the place of the artifact',
      async (directory) => {
        await rm(directory, { recursive: true });
        await writeFile(directory, '');
      },
      ['artifact.json cannot be read (ENOTDIR)'],
    ],
  ])('%s', async (_what, damage, faults) => {
    const { folder, store } = await newStore();
    const { directory } = await stored(store, key, files);
    await damage(directory);
    let read = 0;
    expect(await inspect(folder, key, (bytes) => (read += bytes))).toEqual(faults);
    if (faults.length === 0) expect(read).toBe(12);
    const repair = await removeDamaged(folder, key);
    expect(repair).toEqual({ state: faults.length === 0 ? 'mended' : 'removed' });
    expect((await store.lookup(key)).state).toBe(faults.length === 0 ? 'hit' : 'miss');
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
    // And it can be made again.
    await stored(store, key, files);
    expect(await inspect(folder, key)).toEqual([]);
  });

  test('and leaves what somebody is making', async () => {
    const { folder, store } = await newStore();
    const { directory } = await stored(store, key, files);
    await rm(join(directory, 'weights.bin'));
    const reservation = await store.reserve(key);
    expect(await removeDamaged(folder, key)).toEqual({ state: 'in_use', owner: thisProcess() });
    expect((await store.lookup(key)).state).toBe('damaged');
    if (reservation.state === 'acquired') await reservation.release();
    expect(await removeDamaged(folder, key)).toEqual({ state: 'removed' });
  });

  test('a link in an artifact is damage to a stage that reads it, too', async () => {
    const { store } = await newStore();
    const artifact = await stored(store, key, files);
    await symlink('/etc/hostname', join(artifact.directory, 'link'));
    expect(await store.verify(artifact)).toEqual({
      state: 'damaged',
      reason: 'link was added afterwards',
    });
  });
});

describe('garbage', () => {
  test('is what nobody needs, has been there for a while, and is not being worked on', async () => {
    const { folder, store } = await newStore();
    const { directory } = await stored(store, key, files);
    expect(await judge(folder, key, rules())).toBe('garbage');
    expect(await judge(folder, key, rules({ isNeeded: () => true }))).toBe('needed');
    expect(await judge(folder, keyOf('absent'), rules())).toBe('gone');
    await utimes(join(directory, 'artifact.json'), 1000, 1000);
    expect(await judge(folder, key, rules({ madeBefore: 999_999 }))).toBe('young');
    expect(await judge(folder, key, rules({ madeBefore: 1_000_001 }))).toBe('garbage');
    const reservation = await store.reserve(key);
    expect(await judge(folder, key, rules())).toBe('in_use');
    expect(await removeGarbage(folder, key, rules())).toBe('in_use');
    expect((await store.lookup(key)).state).toBe('hit');
    if (reservation.state === 'acquired') await reservation.release();
    expect(await removeGarbage(folder, key, rules())).toBe('garbage');
    expect(await store.lookup(key)).toEqual({ state: 'miss' });
    expect(await removeGarbage(folder, key, rules())).toBe('gone');
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  test('is put back when a run has begun meanwhile, and never dropped on a guess', async () => {
    const { folder, store } = await newStore();
    const artifact = await stored(store, key, files);
    const asked = rules({
      isNeededNow: async () => {
        // At this moment it is out of sight, and its key is locked, so that nobody makes it again.
        expect(await store.lookup(key)).toEqual({ state: 'miss' });
        expect((await store.reserve(key)).state).toBe('taken');
        return true;
      },
    });
    expect(await removeGarbage(folder, key, asked)).toBe('needed');
    expect(await store.verify(artifact)).toMatchObject({ state: 'hit' });
    const failing = rules({ isNeededNow: () => Promise.reject(new Error('no answer')) });
    await expect(removeGarbage(folder, key, failing)).rejects.toThrow('no answer');
    expect(await store.verify(artifact)).toMatchObject({ state: 'hit' });
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  test('locks of the dead go, those of the living stay', async () => {
    const { folder, store } = await newStore();
    await mkdir(join(folder, 'locks', keyOf('dead')), { recursive: true });
    await writeFile(join(folder, 'locks', keyOf('dead'), deadName()), '');
    await writeFile(join(folder, 'locks', 'a file'), '');
    const reservation = await store.reserve(key);
    await removeLeavings(folder);
    expect((await readdir(join(folder, 'locks'))).sort()).toEqual([key, 'a file'].sort());
    expect(reservation.state).toBe('acquired');
  });
});

/** Kills itself instead of the given asynchronous call to the file system. */
const collector = `
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  const [folder, key, needed, last] = process.argv.slice(1);
  let calls = 0;
  for (const name of ['open', 'mkdir', 'rename', 'rm', 'rmdir', 'readdir', 'lstat']) {
    const call = fs[name];
    fs[name] = async (...args) => {
      if (calls++ === Number(last)) process.kill(process.pid, 'SIGKILL');
      return call(...args);
    };
  }
  syncBuiltinESMExports();
  const { removeGarbage, removeGarbageCheckpoint } = await import('./cache/collect.js');
  const { removeLeavings } = await import('./cache/leavings.js');
  const rules = {
    isNeeded: () => false,
    isNeededNow: async () => needed === 'needed',
    madeBefore: Infinity,
  };
  await removeGarbage(folder, key, rules);
  await removeGarbageCheckpoint(folder, key, rules);
  await removeLeavings(folder);
  console.log(calls);`;

describe('killed at any call to the file system', () => {
  let dist: string;
  beforeAll(async () => {
    dist = await compiledSources(['base', 'files', 'cache']);
  });
  afterAll(() => rm(dist, { recursive: true, force: true }));

  test.each(['needed', 'garbage'])(
    'a collection leaves whole artifacts and checkpoints, or none (%s)',
    async (needed) => {
      const folder = await temporaryFolder();
      const attempt = async (point: number) => {
        const store = join(folder, String(point));
        const cache = await openStore(store);
        await stored(cache, key, files);
        await mkdir(cache.checkpointOf(key));
        for (const name of ['checkpoint.json', 'state-1.bin'])
          await writeFile(join(cache.checkpointOf(key), name), '');
        return { store, end: await runScript(dist, collector, [store, key, needed, String(point)]) };
      };
      const whole = await attempt(-1);
      expect(whole.end.stderr).toBe('');
      const calls = Number(whole.end.stdout);
      expect(calls).toBeGreaterThan(8);
      const states = new Set<string>();
      for (let point = 0; point < calls; point++) {
        const { store, end } = await attempt(point);
        expect(end).toMatchObject({ signal: 'SIGKILL', stderr: '' });
        const checkpoint = await readdir(join(store, 'checkpoints', key)).catch(() => []);
        expect([0, 2]).toContain(checkpoint.length);
        const opened = await openStore(store);
        expect(await readdir(join(store, 'drafts'))).toEqual([]);
        expect(await inspect(store, key)).toEqual([]);
        states.add((await opened.lookup(key)).state);
        // Its lock holds nobody up.
        expect((await opened.reserve(key)).state).toBe('acquired');
      }
      expect(states).toContain('hit');
      if (needed === 'garbage') expect(states).toContain('miss');
    },
  );
});

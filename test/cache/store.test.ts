import {
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { digestBytes, digestJson } from '../../src/base/digest.js';
import { InternalError } from '../../src/base/invariant.js';
import type { Artifact } from '../../src/cache/contract.js';
import { openStore } from '../../src/cache/store.js';
import { ownedName, thisProcess } from '../../src/files/process-identity.js';
import { temporaryFolder } from '../files/support.js';
import { corruptUnseen, draftWith, keyOf, stored } from './support.js';

const key = keyOf('train');
const files = { 'weights.bin': 'weights', 'samples/0.png': 'first', 'samples/10.png': 'second' };

async function newStore() {
  const folder = join(await temporaryFolder(), 'store');
  return { folder, store: await openStore(folder) };
}

describe('commit and lookup', () => {
  test('what was committed is found, by another opening too', async () => {
    const { folder, store } = await newStore();
    expect(await store.lookup(key)).toEqual({ state: 'miss' });
    const artifact = await stored(store, key, files);
    const expected: Artifact = {
      key,
      directory: join(folder, key.slice(0, 2), key),
      files: [
        { path: 'samples/0.png', bytes: 5, digest: digestBytes('first') },
        { path: 'samples/10.png', bytes: 6, digest: digestBytes('second') },
        { path: 'weights.bin', bytes: 7, digest: digestBytes('weights') },
      ],
      digest: digestJson([
        ['samples/0.png', digestBytes('first')],
        ['samples/10.png', digestBytes('second')],
        ['weights.bin', digestBytes('weights')],
      ]),
      seconds: 1.5,
    };
    expect(artifact).toEqual(expected);
    const again = await openStore(folder);
    expect(await again.lookup(key)).toEqual({ state: 'hit', artifact: expected });
    expect(await again.verify(expected)).toEqual({ state: 'hit', artifact: expected });
    expect(await readFile(join(artifact.directory, 'samples/10.png'), 'utf8')).toBe('second');
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
  });

  test('an artifact without files is an artifact', async () => {
    const { store } = await newStore();
    await stored(store, key, {});
    expect((await store.lookup(key)).state).toBe('hit');
  });

  test('a draft is no artifact, and a discarded one is gone', async () => {
    const { folder, store } = await newStore();
    const draft = await draftWith(store, key, files);
    expect(await store.lookup(key)).toEqual({ state: 'miss' });
    await draft.discard();
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
  });

  test('events are kept, and are no part of the digest', async () => {
    const { store } = await newStore();
    const one = await stored(store, key, { ...files, 'events.jsonl': 'at noon' });
    const two = await stored(store, keyOf('other'), { ...files, 'events.jsonl': 'at midnight' });
    expect(one.files.map((file) => file.path)).toContain('events.jsonl');
    expect(one.digest).toBe(two.digest);
    const renamed = await stored(store, keyOf('renamed'), { ...files, 'weights.bin': 'Weights' });
    expect(renamed.digest).not.toBe(one.digest);
  });

  test.each([
    ['a link', (directory: string) => symlink('/etc/hostname', join(directory, 'link'))],
    ['a link to a folder', (directory: string) => symlink('/etc', join(directory, 'link'))],
    ['the name of the marker', (directory: string) => writeFile(join(directory, 'artifact.json'), '{}')],
  ])('%s in a draft is a bug of ours', async (_what, spoil) => {
    const { store } = await newStore();
    const draft = await draftWith(store, key, files);
    await spoil(draft.directory);
    await expect(draft.commit(1)).rejects.toThrow(InternalError);
    expect(await store.lookup(key)).toEqual({ state: 'miss' });
  });
});

describe('two drafts of one key', () => {
  test('the first stays', async () => {
    const { folder, store } = await newStore();
    const [first, second] = [await draftWith(store, key, files), await draftWith(store, key, { a: 'other' })];
    const artifact = await first.commit(1);
    expect(await second.commit(2)).toEqual(artifact);
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
  });

  test('at the same time: both get the one that stays', async () => {
    const { store } = await newStore();
    const drafts = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((content) => draftWith(store, key, { content })),
    );
    const artifacts = await Promise.all(drafts.map((draft) => draft.commit(1)));
    expect(new Set(artifacts.map((artifact) => artifact.digest)).size).toBe(1);
    for (const artifact of artifacts) expect((await store.verify(artifact)).state).toBe('hit');
  });

  test('the second replaces the first where it is to, and only where it differs', async () => {
    const { store } = await newStore();
    const first = await stored(store, key, files);
    const { ino } = await stat(first.directory);
    const same = await (await draftWith(store, key, files)).commit(9, 'replace');
    expect(same).toEqual(first);
    expect((await stat(first.directory)).ino).toBe(ino);
    const other = await (await draftWith(store, key, { a: 'other' })).commit(9, 'replace');
    expect(other.files.map((file) => file.path)).toEqual(['a']);
    expect(await store.lookup(key)).toEqual({ state: 'hit', artifact: other });
  });

  test('equal by its marker but not by its content, the first is replaced', async () => {
    const { store } = await newStore();
    const first = await stored(store, key, files);
    await corruptUnseen(join(first.directory, 'weights.bin'));
    expect((await store.lookup(key)).state).toBe('hit');
    await (await draftWith(store, key, files)).commit(9, 'replace');
    expect(await store.verify(first)).toMatchObject({ state: 'hit' });
  });
});

describe('damage', () => {
  const marker = (artifact: Artifact) => join(artifact.directory, 'artifact.json');
  const weights = (artifact: Artifact) => join(artifact.directory, 'weights.bin');

  test.each<[string, (artifact: Artifact) => Promise<unknown>, string]>([
    ['a file is gone', (artifact) => rm(weights(artifact)), 'weights.bin is missing'],
    [
      'a file is shorter',
      (artifact) => writeFile(weights(artifact), 'weight'),
      'weights.bin has 6 bytes instead of 7',
    ],
    [
      'a file has other content and time',
      (artifact) => writeFile(weights(artifact), 'weighty'),
      'the content of weights.bin has changed',
    ],
    [
      'a file became a folder',
      async (artifact) => {
        await rm(weights(artifact));
        await mkdir(weights(artifact));
      },
      'weights.bin is not a file',
    ],
    ['the marker is gone', (artifact) => rm(marker(artifact)), 'artifact.json is missing'],
    [
      'the marker is cut off',
      async (artifact) =>
        writeFile(marker(artifact), (await readFile(marker(artifact), 'utf8')).slice(0, -20)),
      'artifact.json is corrupt, or not in format 1',
    ],
    [
      'the marker is of a later format',
      async (artifact) =>
        writeFile(
          marker(artifact),
          (await readFile(marker(artifact), 'utf8')).replace('"format": 1', '"format": 2'),
        ),
      'artifact.json is corrupt, or not in format 1',
    ],
    [
      'the marker lists other digests',
      async (artifact) =>
        writeFile(
          marker(artifact),
          (await readFile(marker(artifact), 'utf8')).replace(digestBytes('weights'), digestBytes('weighty')),
        ),
      'artifact.json is corrupt, or not in format 1',
    ],
  ])('%s', async (_what, damage, reason) => {
    const { store } = await newStore();
    const artifact = await stored(store, key, files);
    await damage(artifact);
    const damaged = { state: 'damaged', reason };
    expect(await store.lookup(key)).toEqual(damaged);
    expect(await store.verify(artifact)).toEqual(damaged);
    // And it heals.
    expect(await stored(store, key, files)).toEqual(artifact);
    expect(await store.verify(artifact)).toEqual({ state: 'hit', artifact });
  });

  test('a folder under another key is not that key’s artifact', async () => {
    const { folder, store } = await newStore();
    const artifact = await stored(store, key, files);
    const other = keyOf('other');
    await mkdir(join(folder, other.slice(0, 2)));
    await cp(artifact.directory, join(folder, other.slice(0, 2), other), { recursive: true });
    expect(await store.lookup(other)).toEqual({
      state: 'damaged',
      reason: 'artifact.json is that of another key',
    });
  });

  test('what a look at sizes and times cannot see, a comparison of digests does', async () => {
    const { store } = await newStore();
    const artifact = await stored(store, key, files);
    await corruptUnseen(join(artifact.directory, 'samples/0.png'));
    expect((await store.lookup(key)).state).toBe('hit');
    expect(await store.verify(artifact)).toEqual({
      state: 'damaged',
      reason: 'the content of samples/0.png has changed',
    });
  });

  test('a file that was added is damage to those who list the folder', async () => {
    const { store } = await newStore();
    const artifact = await stored(store, key, files);
    await writeFile(join(artifact.directory, 'samples/20.png'), 'third');
    expect(await store.verify(artifact)).toEqual({
      state: 'damaged',
      reason: 'samples/20.png was added afterwards',
    });
  });

  test('a store that was copied, with new times, is whole', async () => {
    const { folder, store } = await newStore();
    const artifact = await stored(store, key, files);
    const weightsFile = weights(artifact);
    await copyFile(weightsFile, `${folder}/copy`);
    await rename(`${folder}/copy`, weightsFile);
    expect(await store.lookup(key)).toEqual({ state: 'hit', artifact });
  });

  test('a removed artifact is missed, and removing what is not there does nothing', async () => {
    const { folder, store } = await newStore();
    const artifact = await stored(store, key, files);
    await store.remove(key);
    expect(await store.lookup(key)).toEqual({ state: 'miss' });
    expect(await store.verify(artifact)).toEqual({ state: 'miss' });
    await store.remove(key);
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
  });
});

test('a removal is never seen half done', async () => {
  const { store } = await newStore();
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`samples/${i}.png`, String(i)]));
  const expected = (await stored(store, key, many)).digest;
  const removal = new AbortController();
  const removed = store.remove(key).finally(() => removal.abort());
  while (!removal.signal.aborted) {
    // A lookup gives way to nobody, and the removal has to get on.
    await setImmediate();
    const found = await store.lookup(key);
    expect(found.state === 'hit' ? found.artifact.digest : found).toEqual(
      found.state === 'hit' ? expected : { state: 'miss' },
    );
  }
  await removed;
});

test('opening removes what dead processes left, and nothing of living ones or of others', async () => {
  const { folder, store } = await newStore();
  const mine = await draftWith(store, key, files);
  const dead = ownedName().replace(`,${thisProcess().startTime},`, ',1,');
  await mkdir(join(folder, 'drafts', dead, 'samples'), { recursive: true });
  await mkdir(join(folder, 'drafts', 'notes of a person'));
  const again = await openStore(folder);
  expect((await readdir(join(folder, 'drafts'))).sort()).toEqual(
    [mine.directory.slice(-ownedName().length), 'notes of a person'].sort(),
  );
  await mine.commit(1);
  expect((await again.lookup(key)).state).toBe('hit');
});

test('a key is reserved once, until it is released', async () => {
  const { folder, store } = await newStore();
  const other = await openStore(folder);
  const reservation = await store.reserve(key);
  expect(await other.reserve(key)).toEqual({ state: 'taken', owner: thisProcess() });
  expect((await other.reserve(keyOf('other'))).state).toBe('acquired');
  const waiting = other.whenFree(key, new AbortController().signal);
  if (reservation.state === 'acquired') await reservation.release();
  await waiting;
  expect((await other.reserve(key)).state).toBe('acquired');
});

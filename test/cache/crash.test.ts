import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import type { StageKey } from '../../src/plan/types.js';
import { openStore } from '../../src/cache/store.js';
import { compiledSources, runScript, seededRandom, temporaryFolder } from '../files/support.js';
import { keyOf, stored } from './support.js';

let dist: string;
beforeAll(async () => {
  dist = await compiledSources(['base', 'files', 'cache']);
});
afterAll(() => rm(dist, { recursive: true, force: true }));

/**
 * Every asynchronous call to the file system counts; instead of the given one the process kills itself. The
 * store is used as the scheduler uses it: an artifact is made, replaced and removed.
 */
const numbered = `
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  import { writeFileSync } from 'node:fs';
  const [folder, key, last] = process.argv.slice(1);
  let calls = 0;
  const counted = (call) => async function (...args) {
    if (calls++ === Number(last)) process.kill(process.pid, 'SIGKILL');
    return call.apply(this, args);
  };
  const handle = await fs.open('package.json');
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ['open', 'mkdir', 'rename', 'rm', 'rmdir', 'readdir', 'writeFile']) fs[name] = counted(fs[name]);
  for (const name of ['sync', 'writeFile']) prototype[name] = counted(prototype[name]);
  syncBuiltinESMExports();

  const { openStore } = await import('./cache/store.js');
  const store = await openStore(folder);
  const reservation = await store.reserve(key);
  for (const content of ['one', 'two']) {
    const draft = await store.begin(key);
    writeFileSync(draft.directory + '/half', content);
    writeFileSync(draft.directory + '/other half', content);
    await draft.commit(1, 'replace');
  }
  await store.remove(key);
  await reservation.release();
  console.log(calls);`;

async function expectHealthy(folder: string, key: StageKey, contents: readonly string[]): Promise<void> {
  const store = await openStore(folder);
  const found = await store.lookup(key);
  if (found.state === 'hit') {
    expect(await store.verify(found.artifact)).toEqual(found);
    const halves = ['half', 'other half'].map((name) =>
      readFile(join(found.artifact.directory, name), 'utf8'),
    );
    const [half, otherHalf] = await Promise.all(halves);
    expect(contents).toContain(half);
    expect(otherHalf).toBe(half);
  } else {
    expect(found).toEqual({ state: 'miss' });
  }
  // What the dead process left behind is gone, and its lock holds nobody up.
  expect(await readdir(join(folder, 'drafts'))).toEqual([]);
  const reservation = await store.reserve(key);
  expect(reservation.state).toBe('acquired');
  if (reservation.state === 'acquired') await reservation.release();
  await stored(store, key, { half: 'one' });
  expect((await store.lookup(key)).state).toBe('hit');
}

test('killed at any call to the file system, a store has whole artifacts or none', async () => {
  const folder = await temporaryFolder();
  const key = keyOf('crash');
  const whole = await runScript(dist, numbered, [join(folder, 'whole'), key, '-1']);
  expect(whole.stderr).toBe('');
  const calls = Number(whole.stdout);
  expect(calls).toBeGreaterThan(30);
  const points = Array.from({ length: calls }, (_, point) => point);
  const workAt = async (point: number) => {
    const store = join(folder, String(point));
    const end = await runScript(dist, numbered, [store, key, String(point)]);
    expect(end).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    await expectHealthy(store, key, ['one', 'two']);
  };
  for (let at = 0; at < points.length; at += 4) await Promise.all(points.slice(at, at + 4).map(workAt));
});

/** Commits artifacts without end; the content repeats the key, so that a mix-up would show. */
const committer = `
  import { writeFileSync } from 'node:fs';
  import { digestBytes } from './base/digest.js';
  import { openStore } from './cache/store.js';
  const [folder, names, lifetime] = process.argv.slice(1);
  const store = await openStore(folder);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(lifetime));
  for (let round = 0; ; round++) {
    const key = digestBytes(String(round % Number(names)));
    const draft = await store.begin(key);
    writeFileSync(draft.directory + '/half', key.repeat(1 + round % 700));
    writeFileSync(draft.directory + '/other half', key.repeat(1 + round % 700));
    await draft.commit(1, round % 3 === 0 ? 'replace' : 'keep');
    if (round % 5 === 0) await store.remove(key);
  }`;

test('killed at random while competing, processes leave whole artifacts or none', async () => {
  const folder = join(await temporaryFolder(), 'store');
  const random = seededRandom(20261123);
  for (let round = 0; round < 5; round++) {
    const lifetimes = Array.from({ length: 4 }, () => String(5 + 150 * random()));
    const ends = await Promise.all(lifetimes.map((time) => runScript(dist, committer, [folder, '12', time])));
    for (const end of ends) expect(end).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    const store = await openStore(folder);
    expect(await readdir(join(folder, 'drafts'))).toEqual([]);
    for (let name = 0; name < 12; name++) {
      const key = keyOf(String(name));
      const found = await store.lookup(key);
      if (found.state === 'miss') continue;
      expect(found.state).toBe('hit');
      if (found.state !== 'hit') continue;
      expect(await store.verify(found.artifact)).toEqual(found);
      const half = await readFile(join(found.artifact.directory, 'half'), 'utf8');
      expect(half.replaceAll(key, '')).toBe('');
    }
  }
});

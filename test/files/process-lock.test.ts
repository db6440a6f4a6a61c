import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { ownedName, thisProcess, type ProcessIdentity } from '../../src/files/process-identity.js';
import { acquire, tryAcquire, whenFree } from '../../src/files/process-lock.js';
import { compiledSources, runScript, temporaryFolder } from './support.js';

let dist: string;
beforeAll(async () => {
  dist = await compiledSources(['base', 'files']);
});
afterAll(() => rm(dist, { recursive: true, force: true }));

/** The name that a process with this start time, which no process has, would have used. */
const deadClaim = () => ownedName().replace(`,${thisProcess().startTime},`, ',1,');

test('one at a time, and nothing is left of a lock after its release', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'lock');
  const first = await tryAcquire(path);
  expect(first.state).toBe('acquired');
  expect(await tryAcquire(path)).toEqual({ state: 'taken', owner: thisProcess() });
  if (first.state === 'acquired') await first.release();
  expect(await readdir(folder)).toEqual([]);
  const second = await tryAcquire(path);
  expect(second.state).toBe('acquired');
});

test('the second waits, is told once for whom, and goes on after the release', async () => {
  const path = join(await temporaryFolder(), 'lock');
  const release = await acquire(path);
  const told: ProcessIdentity[] = [];
  let held = false;
  const second = acquire(path, { onWait: (owner) => told.push(owner) }).then((releaseSecond) => {
    held = true;
    return releaseSecond;
  });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(held).toBe(false);
  await release();
  await (
    await second
  )();
  expect(told).toEqual([thisProcess()]);
});

test('waiting ends when it is aborted', async () => {
  const path = join(await temporaryFolder(), 'lock');
  await acquire(path);
  const controller = new AbortController();
  const waits = Promise.allSettled([acquire(path, controller), whenFree(path, controller)]);
  controller.abort();
  for (const wait of await waits) {
    expect(wait).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
  }
});

test('a dead owner holds nothing, and files of other origin do not count', async () => {
  const path = join(await temporaryFolder(), 'lock');
  await mkdir(path);
  await writeFile(join(path, deadClaim()), '');
  await writeFile(join(path, 'README'), '');
  await whenFree(path);
  const attempt = await tryAcquire(path);
  expect(attempt.state).toBe('acquired');
  expect(await readdir(path)).toHaveLength(2);
});

/**
 * Enters again and again, and dies inside now and then. Inside, it leaves a file with its name; whoever finds
 * such a file of a living process there was let in together with it.
 */
const contender = `
  import { readdirSync, rmSync, writeFileSync } from 'node:fs';
  import { setTimeout as delay } from 'node:timers/promises';
  import { acquire } from './files/process-lock.js';
  import { isAlive, ownedName, ownerOf } from './files/process-identity.js';
  const [lock, inside, dies] = process.argv.slice(1);
  for (let round = 0; round < 12; round++) {
    const release = await acquire(lock);
    const mark = inside + '/' + ownedName();
    writeFileSync(mark, '');
    await delay(3 * Math.random());
    const living = readdirSync(inside).filter((name) => isAlive(ownerOf(name)));
    if (living.length !== 1) { console.log('together: ' + living); process.exit(1); }
    if (round == dies) process.kill(process.pid, 'SIGKILL');
    rmSync(mark);
    await release();
  }`;

test('processes that compete and die inside never hold it together, and the last ones get through', async () => {
  const folder = await temporaryFolder();
  const inside = join(folder, 'inside');
  await mkdir(inside);
  const dies = [2, 5, 7, -1, -1, -1];
  const ends = await Promise.all(
    dies.map((round) => runScript(dist, contender, [join(folder, 'lock'), inside, String(round)])),
  );
  for (const [index, { code, signal, stdout, stderr }] of ends.entries()) {
    expect(stdout + stderr).toBe('');
    if ((dies[index] ?? -1) >= 0) expect(signal).toBe('SIGKILL');
    else expect(code).toBe(0);
  }
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { takeInventory } from '../../src/cache/inventory.js';
import { ownedName } from '../../src/files/process-identity.js';
import { runIdsIn } from '../../src/tracking/history.js';
import { corruptUnseen, keyOf } from '../cache/support.js';
import { seededRandom, smallDisk } from '../files/support.js';
import { newProject, tinyPipeline, type Project } from './support.js';

const cpu = ['--backend', 'cpu'];
const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'tiny.yaml': tinyPipeline });
});
afterAll(() => project.remove());

const run = (...args: readonly string[]) => project.wassermill(['run', 'tiny.yaml', ...cpu, ...args]);
const cache = (...args: readonly string[]) => project.wassermill(['cache', ...args]);
const store = () => join(project.folder, 'runs/store');
const history = () => join(project.folder, 'runs/history');
/** What differs from run to run. */
const plain = (text: string) =>
  text
    .replace(/\b[0-9a-f]{8}\b/g, 'KEY')
    .replace(/\d+(\.\d+)? (s|min)\b/g, 'TIME')
    .replace(/\d+(\.\d+)? (B|kB)\b/g, 'SIZE')
    .replace(/ {2,}/g, '  ');

interface Listed {
  readonly key: string;
  readonly stage: string | null;
  readonly state: string;
  readonly runs: number;
  readonly bytes: number;
  readonly seconds: number;
}

async function listed(...args: readonly string[]): Promise<readonly Listed[]> {
  const { stdout } = await cache('ls', '--json', ...args);
  return (JSON.parse(stdout) as { artifacts: readonly Listed[] }).artifacts;
}

async function filesInStore(): Promise<readonly string[]> {
  const entries = await readdir(store(), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('a cache that is not there is empty, whole, and not made', async () => {
  expect(await cache('ls')).toEqual({ code: 0, stdout: 'The cache in runs/store is empty.\n', stderr: '' });
  expect(plain((await cache('verify')).stdout)).toBe(
    '✓ 0 artifacts in runs/store, nothing damaged: SIZE compared in TIME\n',
  );
  expect(await cache('gc')).toEqual({ code: 0, stdout: 'Nothing to remove\n', stderr: '' });
  expect(await readdir(project.folder)).toEqual(['tiny.yaml']);
});

test('ls says what is there, what it is of, and what is left over', async () => {
  expect((await run()).code).toBe(0);
  expect((await run('-S', 'stages.train.clip=0.2')).code).toBe(0);
  await mkdir(join(store(), 'drafts', ownedName().replace(`,${process.pid},`, ',999999999,')));
  const { code, stdout, stderr } = await cache('ls', '--sort', 'size');
  expect([code, stderr]).toEqual([0, '']);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(plain(stdout)).toMatch(
    new RegExp(`^key  size  took  age  runs  pipeline  stage
KEY  SIZE  TIME  TIME  1  tiny  train
KEY  SIZE  TIME  TIME  1  tiny  train
KEY  SIZE  TIME  TIME  2  tiny  dataset:ring
KEY  SIZE  TIME  TIME  1  tiny  quality \\(evaluate\\)
KEY  SIZE  TIME  TIME  1  tiny  quality \\(evaluate\\)

5 artifacts in runs/store: SIZE, TIME of work
1 unfinished artifact of dead processes, SIZE; see wassermill cache gc
$`),
  );
  const bySeconds = await listed('--sort', 'took');
  const seconds = bySeconds.map((each) => each.seconds);
  expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
  expect(bySeconds.map(({ runs, stage }) => [stage, runs]).sort()).toContainEqual(['dataset:ring', 2]);
});

describe('verify', () => {
  test('finds a flipped byte in any file of the cache, says what comes of it, and repairs', async () => {
    expect((await cache('verify')).code).toBe(0);
    const files = await filesInStore();
    const kinds = [
      'generator.bin',
      'critic.bin',
      'events.jsonl',
      'artifact.json',
      'metrics.json',
      'train.samples.npy',
    ];
    for (const kind of kinds) {
      expect(
        files.some((file) => file.endsWith(kind)),
        kind,
      ).toBe(true);
    }
    const damaged = kinds.map((kind) => files.find((file) => file.endsWith(kind)) ?? '');
    for (const file of damaged) await corruptUnseen(file);
    const { code, stdout } = await cache('verify');
    expect(code).toBe(1);
    for (const kind of kinds.filter((each) => each !== 'artifact.json')) {
      expect(stdout).toMatch(
        new RegExp(`the content of (\\S*/)?${kind} has changed|artifact.json is corrupt`),
      );
    }
    expect(stdout).toContain('artifact.json is corrupt, or not in format 1');
    expect(stdout).toContain('→ its stage runs again, as soon as another is to read it');
    expect(stdout).toContain('→ its stage runs again, the next time it is planned');
    expect(stdout).toMatch(/\n\d of 5 artifacts damaged: .*\n {2}help: wassermill cache verify --repair/);

    const repaired = await cache('verify', '--repair', '--json');
    expect(repaired.code).toBe(1);
    const { damaged: found } = JSON.parse(repaired.stdout) as { damaged: readonly { repair: string }[] };
    expect(found.length).toBeGreaterThan(2);
    expect(found.every(({ repair }) => repair === 'removed')).toBe(true);
    expect((await cache('verify')).code).toBe(0);
    expect((await run()).code).toBe(0);
    expect((await run('-S', 'stages.train.clip=0.2')).code).toBe(0);
    expect(await listed()).toHaveLength(5);
    expect((await cache('verify')).code).toBe(0);
  });

  test('leaves an artifact that a living process is making', async () => {
    const [artifact] = await listed();
    const key = artifact?.key ?? '';
    const lock = join(store(), 'locks', key);
    await mkdir(lock, { recursive: true });
    await writeFile(join(lock, ownedName()), '');
    await writeFile(join(store(), key.slice(0, 2), key, 'stray'), '');
    const { code, stdout } = await cache('verify', '--repair');
    expect(code).toBe(1);
    expect(stdout).toContain('    stray was added afterwards\n');
    expect(stdout).toContain(`left to process ${process.pid}, which is making it`);
    await rm(lock, { recursive: true });
    await rm(join(store(), key.slice(0, 2), key, 'stray'));
    expect((await cache('verify')).code).toBe(0);
  });
});

describe('gc', () => {
  test('keeps what any run names, however old, and takes what the dead left', async () => {
    await mkdir(join(store(), 'drafts', ownedName().replace(`,${process.pid},`, ',999999999,')));
    const { code, stdout } = await cache('gc', '--grace', '0s', '-n');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Would remove 1 unfinished artifact: 0 B\nKept: 5 named by runs\n$/);
    expect(await readdir(join(store(), 'drafts'))).toHaveLength(1);
    expect((await cache('gc', '--grace', '0s')).stdout).toMatch(
      /^Removed 1 unfinished artifact: 0 B freed\nKept: 5 named by runs\n$/,
    );
    expect(await readdir(join(store(), 'drafts'))).toEqual([]);
    expect(await listed()).toHaveLength(5);
  });

  test('says what would go with older runs, and removes just that', async () => {
    const dry = await cache('gc', '--keep-runs', '1', '--grace', '0s', '--dry-run');
    expect(plain(dry.stdout)).toMatch(/^key .*\nKEY .* tiny {2}\w.*\nKEY .*\n\nWould remove 2 artifacts: /);
    expect(await listed()).toHaveLength(5);
    // A day's grace, and whoever names a longer time, keep them.
    for (const args of [
      ['--keep-runs', '1'],
      ['--older-than', '1h', '--grace', '0s'],
    ]) {
      expect((await cache('gc', ...args)).stdout).toMatch(/^Nothing to remove/);
    }
    const { stdout } = await cache('gc', '--keep-runs', '1', '--grace', '0s', '--json');
    const { removed, freed, kept } = JSON.parse(stdout) as {
      removed: readonly Listed[];
      freed: number;
      kept: unknown;
    };
    expect(removed.map(({ stage }) => stage).sort()).toEqual(['quality', 'train']);
    expect(freed).toBe(removed.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(kept).toEqual({ needed: 3, young: 0, in_use: 0 });
    expect(await listed()).toHaveLength(3);
    expect((await cache('verify')).code).toBe(0);
    expect((await run()).code).toBe(0);
    expect((await run('-S', 'stages.train.clip=0.2')).code).toBe(0);
  });

  test('a damaged plan is made up for by the journal; without either, nothing is removed', async () => {
    const backup = join(project.folder, 'backup');
    await cp(history(), backup, { recursive: true });
    for (const name of await runIdsIn(join(project.folder, 'runs'))) {
      const plan = join(history(), name, 'plan.json');
      await writeFile(plan, (await readFile(plan, 'utf8')).slice(0, 500));
    }
    expect((await cache('gc', '--grace', '0s')).stdout).toContain('\nKept: 5 named by runs\n');
    const [first = ''] = await runIdsIn(join(project.folder, 'runs'));
    for (const broken of ['{"type":"run_sta\n', '{"type":"run_finished","time":1,"outcome":"failed"}\n']) {
      await writeFile(join(history(), first, 'journal.jsonl'), broken);
      const refused = await cache('gc', '--grace', '0s');
      expect(refused.code).toBe(1);
      expect(refused.stdout).toBe('');
      expect(refused.stderr).toContain(`error: what run ${first} needs is not known: `);
      expect(refused.stderr).toContain('help: nothing was removed; ');
    }
    expect(await listed()).toHaveLength(5);
    expect((await cache('gc', '--grace', '0s', '--skip-unreadable', '-n')).code).toBe(0);
    // A run that was killed before it wrote anything needs nothing, and hinders nobody.
    await rm(history(), { recursive: true });
    await cp(backup, history(), { recursive: true });
    await mkdir(join(history(), '20200101T000000Z-0000'));
    expect((await cache('gc', '--grace', '0s')).stdout).toContain('\nKept: 5 named by runs\n');
  });

  test('keeps what is young or being made, though no run names it', async () => {
    await rm(history(), { recursive: true });
    expect((await cache('gc')).stdout).toBe('Nothing to remove\nKept: 5 younger than 1 day\n');
    const lock = join(store(), 'locks', (await listed())[0]?.key ?? '');
    await mkdir(lock, { recursive: true });
    await writeFile(join(lock, ownedName()), '');
    expect((await cache('gc', '--grace', '0s')).stdout).toContain('\nKept: 1 in use\n');
    await rm(lock, { recursive: true });
    expect((await cache('gc', '--grace', '0s')).stdout).toMatch(/Removed 1 artifact: /);
    expect(await cache('ls')).toMatchObject({ stdout: 'The cache in runs/store is empty.\n' });
  });

  test('spans of time are read with their unit', async () => {
    const { code, stderr } = await cache('gc', '--older-than', '30');
    expect(code).toBe(2);
    expect(stderr).toContain('It must be a number with a unit, as in 30d');
  });
});

test('runs and collections at the same time, collections being killed: every run succeeds, the cache is whole', async () => {
  const random = seededRandom(3);
  expect((await run()).code).toBe(0);
  for (let round = 0; round < 4; round++) {
    // What the run is about to use is named by nobody when it begins.
    await rm(history(), { recursive: true });
    const finished = new AbortController();
    const collecting = (async () => {
      while (!finished.signal.aborted) {
        const child = spawn(process.execPath, [main, 'cache', 'gc', '--grace', '0s'], {
          cwd: project.folder,
          stdio: 'ignore',
        });
        const exit = once(child, 'exit');
        await Promise.race([exit, delay(150 + 600 * random())]);
        child.kill('SIGKILL');
        await exit;
      }
    })();
    const { code, stdout, stderr } = await run('--json', ...(round % 2 ? ['-f'] : []));
    finished.abort();
    await collecting;
    expect([code, stderr.replace(/^note: .*\n/, '')], stdout).toEqual([0, '']);
    expect((await cache('verify')).code).toBe(0);
    expect((await cache('gc', '--grace', '0s')).stdout).toContain('\nKept: 3 named by runs\n');
    expect((await takeInventory(store())).drafts).toEqual([]);
    expect((await run()).stdout).toContain('nothing to run; 3 stages cached');
  }
});

test('what no run names, but a killed run was to make, is whole or not there', async () => {
  await mkdir(join(store(), keyOf('x').slice(0, 2), keyOf('x')), { recursive: true });
  const { code, stdout } = await cache('verify');
  expect(code).toBe(1);
  expect(stdout).toContain('artifact.json is missing');
  expect(stdout).toContain('no run names it');
  expect((await cache('verify', '--repair')).stdout).toContain('removed: its stage runs again');
  expect((await cache('verify')).code).toBe(0);
});

const noMount = 'mounting a small disk needs root, and a container that allows it';

test('a full disk and one that cannot be written are told, cost nothing, and what is cached is used', async (context) => {
  const disk = await smallDisk(80);
  if (disk === undefined) return context.skip(noMount);
  const outputs = ['--runs', join(disk.folder, 'runs')];
  const full = await run(...outputs);
  expect(full.code).toBe(1);
  expect(full.stdout + full.stderr).toMatch(/ENOSPC|no space left/);
  expect(full.stdout + full.stderr).toContain('free some space');
  expect(full.stdout + full.stderr).not.toContain('Internal error');
  expect((await cache('verify', ...outputs)).code).toBe(0);
  disk.remount('size=8m');
  expect((await run(...outputs)).code).toBe(0);
  expect((await cache('verify', ...outputs)).code).toBe(0);

  await rm(join(disk.folder, 'runs/history'), { recursive: true });
  disk.remount('ro');
  expect((await cache('ls', ...outputs)).stdout).toContain('3 artifacts');
  expect((await cache('verify', ...outputs)).code).toBe(0);
  expect((await cache('gc', '--grace', '0s', '-n', ...outputs)).stdout).toContain('Would remove 3 artifacts');
  const refused = await cache('gc', '--grace', '0s', ...outputs);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^error: EROFS.*\n {2}help: change the permissions there/);
  expect((await cache('verify', ...outputs)).code).toBe(0);
  for (const args of [
    ['-f', ...outputs],
    ['--runs', join(disk.folder, 'others')],
  ]) {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/error: EROFS.*\n {2}help: change the permissions there/);
  }
});

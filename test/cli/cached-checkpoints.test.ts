import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { ownedName } from '../../src/files/process-identity.js';
import { corruptUnseen, keyOf } from '../cache/support.js';
import { newProject, pipelineNamed, type Project } from './support.js';

const cpu = ['--backend', 'cpu'];

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'long.yaml': pipelineNamed('long', 300) });
  const begun = await project.wassermill(['run', 'long.yaml', ...cpu, '--json', '--checkpoint-every', '20'], {
    onOutput: (text, kill) => {
      if (text.includes('"step":70,')) kill('SIGINT');
    },
  });
  expect(begun.code, begun.stderr).toBe(130);
});
afterAll(() => project.remove());

const cache = (...args: readonly string[]) => project.wassermill(['cache', ...args]);
const checkpoints = () => join(project.folder, 'runs/store/checkpoints');
const own = async () => (await readdir(checkpoints()))[0] ?? '';
const plain = (text: string) =>
  text
    .replace(/\b[0-9a-f]{8}\b/g, 'KEY')
    .replace(/\d+(\.\d+)? (s|min|ms)\b/g, 'TIME')
    .replace(/\d+(\.\d+)? (B|kB|MB)\b/g, 'SIZE')
    .replace(/ {2,}/g, '  ');

test('ls says of which stage they are, and how far they have come', async () => {
  const { code, stdout } = await cache('ls');
  expect(code).toBe(0);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(plain(stdout)).toMatch(
    new RegExp(`
1 artifact in runs/store: SIZE, TIME of work

key  size  age  runs  pipeline  stage  saved at
KEY  SIZE  TIME  1  long  train  generator step \\d+ of 300

1 checkpoint of a training without a result: SIZE
$`),
  );
  const listed = JSON.parse((await cache('ls', '--json')).stdout) as { checkpoints: readonly unknown[] };
  expect(listed.checkpoints).toEqual([
    expect.objectContaining({
      key: await own(),
      state: 'whole',
      at: expect.stringMatching(/^generator step \d+ of 300$/) as string,
      step: expect.any(Number) as number,
      stored: false,
      owner: null,
      pipeline: 'long',
      stage: 'train',
      runs: 1,
    }),
  ]);
});

test('verify compares them, says what comes of damage, and removes what is damaged only if told', async () => {
  expect((await cache('verify')).stdout).toMatch(
    /^✓ 1 artifact and 1 checkpoint in runs\/store, nothing damaged/,
  );
  const folder = join(checkpoints(), await own());
  const copies = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) copies.set(path, await readFile(path));
  }
  const kinds = ['/checkpoint.json', '/events.jsonl', '/state-', '/files/'];
  for (const kind of kinds) {
    const [path = '', content = ''] = [...copies].find(([each]) => each.includes(kind)) ?? [];
    await corruptUnseen(path);
    const { code, stdout } = await cache('verify');
    expect(code, path).toBe(1);
    expect(stdout, path).toMatch(/checkpoint of long: train\n.*( has| have) changed|is corrupt/);
    expect(stdout, path).toContain('→ its stage starts from the beginning\n');
    await writeFile(path, content);
  }
  // What was reported after the checkpoint is made again, and may be half written.
  const events = join(folder, 'events.jsonl');
  await writeFile(events, Buffer.concat([copies.get(events) ?? Buffer.alloc(0), Buffer.from('{"type":')]));
  expect((await cache('verify')).code).toBe(0);
  await writeFile(events, '');
  const missing = await cache('verify', '--json');
  expect(JSON.parse(missing.stdout)).toMatchObject({
    damaged: [{ what: 'checkpoint', stage: 'train', faults: ['events are missing'], repair: null }],
    totals: { artifacts: 1, checkpoints: 1, damaged: 1 },
  });

  const lock = join(project.folder, 'runs/store/locks', await own());
  await mkdir(lock, { recursive: true });
  await writeFile(join(lock, ownedName()), '');
  const used = await cache('verify', '--repair');
  expect(used.stdout).toContain(`→ left to process ${process.pid}, which works on it\n`);
  await rm(lock, { recursive: true });
  for (const [path, content] of copies) await writeFile(path, content);

  const other = join(checkpoints(), keyOf('other'));
  await mkdir(other);
  await writeFile(join(other, 'checkpoint.json'), '{"format":1}');
  const repaired = await cache('verify', '--repair');
  expect([repaired.code, repaired.stdout]).toEqual([
    1,
    expect.stringContaining('→ removed: its stage starts'),
  ]);
  expect(await readdir(checkpoints())).toEqual([await own()]);
  expect((await cache('verify')).code).toBe(0);
});

test('gc keeps what a run may go on from, unless told otherwise, and what is young or in use', async () => {
  const key = await own();
  const lost = join(checkpoints(), keyOf('lost'));
  await mkdir(lost);
  await writeFile(join(lost, 'events.jsonl'), 'what a killed process had said');
  const hoursAgo = Date.now() / 1000 - 3 * 3600;
  await utimes(lost, hoursAgo, hoursAgo);

  const careful = await cache('gc');
  expect(careful.stdout).toContain(
    'Kept of checkpoints: 1 from which a run may go on (see --checkpoints-older-than), 1 younger than 1 day\n',
  );
  const dry = await cache('gc', '-n', '--grace', '1h');
  expect(plain(dry.stdout)).toMatch(/^key .*\nKEY {2}SIZE {2}3 h {2}none {2}nothing saved yet\n/);
  expect(dry.stdout).toMatch(/\nWould remove 1 checkpoint: 30 B\n/);
  expect(await readdir(checkpoints())).toHaveLength(2);

  const lock = join(project.folder, 'runs/store/locks', keyOf('lost'));
  await mkdir(lock, { recursive: true });
  await writeFile(join(lock, ownedName()), '');
  expect((await cache('gc', '--grace', '1h')).stdout).toMatch(/Kept of checkpoints: .*, 1 in use\n/);
  await rm(lock, { recursive: true });

  const removed = JSON.parse((await cache('gc', '--grace', '1h', '--json')).stdout) as Record<
    string,
    unknown
  >;
  expect(removed['checkpoints']).toMatchObject({
    removed: [{ key: keyOf('lost'), state: 'empty', stage: null }],
    kept: { needed: 1, young: 0, in_use: 0 },
  });
  expect(removed['freed']).toBe(30);
  expect(await readdir(checkpoints())).toEqual([key]);

  const notYet = await cache('gc', '--checkpoints-older-than', '1h');
  expect(notYet.stdout).toMatch(/Kept of checkpoints: 1 from which a run may go on/);
  await utimes(join(checkpoints(), key), hoursAgo, hoursAgo);
  const told = await cache('gc', '--checkpoints-older-than', '1h', '-n');
  expect(told.stdout).toMatch(/Would remove 1 checkpoint: /);
});

test('a cache of checkpoints alone is not empty', async () => {
  const runs = join(project.folder, 'other');
  const folder = join(runs, 'store/checkpoints', await own());
  await cp(join(checkpoints(), await own()), folder, { recursive: true });
  const { stdout } = await cache('ls', '--runs', 'other');
  expect(stdout).toMatch(/^The cache in other\/store holds no result yet\.\n\nkey .* none .*generator step/s);
});

test('a run that was kept from gc goes on; of what is stored, a checkpoint is garbage however young', async () => {
  const key = await own();
  const resumed = await project.wassermill(['resume']);
  expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining('Resumed at generator step')]);
  expect(await readdir(checkpoints())).toEqual([]);
  await mkdir(join(checkpoints(), key));
  await writeFile(join(checkpoints(), key, 'events.jsonl'), '');
  expect((await cache('ls')).stdout).toMatch(/ train +its result is there\n/);
  expect((await cache('gc')).stdout).toMatch(/Removed 1 checkpoint: /);
  expect(await readdir(checkpoints())).toEqual([]);
});

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createFileAtomic, writeFileAtomic } from '../../src/files/atomic-write.js';
import { temporaryFolder } from './support.js';

test('the new content replaces the old, and nothing else stays behind', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'plan.json');
  await writeFile(path, 'old and longer');
  await writeFileAtomic(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
  await writeFileAtomic(path, new Uint8Array([1, 2]));
  expect([...(await readFile(path))]).toEqual([1, 2]);
  expect(await readdir(folder)).toEqual(['plan.json']);
});

test('a write that fails leaves no temporary file', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'taken', 'by a folder'), { recursive: true });
  await expect(writeFileAtomic(join(folder, 'taken'), 'text')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(await readdir(folder)).toEqual(['taken']);
});

test('readers see whole contents while writers compete', async () => {
  const path = join(await temporaryFolder(), 'state');
  const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000));
  await writeFileAtomic(path, contents[0] ?? '');
  const writing = new AbortController();
  const writes = Promise.all(
    contents.map(async (content) => {
      for (let round = 0; round < 10; round++) await writeFileAtomic(path, content);
    }),
  ).finally(() => writing.abort());
  while (!writing.signal.aborted) expect(contents).toContain(await readFile(path, 'utf8'));
  await writes;
});

test('of many that make one file at once, one does, and its content stays', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'pipeline.yaml');
  const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(10_000));
  const made = await Promise.all(contents.map((content) => createFileAtomic(path, content)));
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await readFile(path, 'utf8')).toBe(contents[made.indexOf(true)]);
  expect(await createFileAtomic(path, 'later')).toBe(false);
  expect(await readFile(path, 'utf8')).toBe(contents[made.indexOf(true)]);
  expect(await readdir(folder)).toEqual(['pipeline.yaml']);
});

import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const architecture = await readFile(path.join(root, 'docs/architecture.md'), 'utf8');

it('describes every folder of src, and no other', async () => {
  const entries = await readdir(path.join(root, 'src'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const described = [...architecture.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  const inTable = described.filter((name) => name !== undefined && /^[a-z]+$/.test(name));
  expect(inTable.toSorted()).toEqual(folders.toSorted());
});

it('names only files that exist', async () => {
  const files = (await readdir(path.join(root, 'src'), { recursive: true })).map((file) => `src/${file}`);
  const named = [...architecture.matchAll(/`([a-z]+\/[\w-]+\.ts)`/g)].map((match) => `src/${match[1] ?? ''}`);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((file) => !files.includes(file))).toEqual([]);
});

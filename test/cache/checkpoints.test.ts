import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

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

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createRunFolder } from '../../src/cli/run-folder.js';
import { temporaryFolder } from '../files/support.js';

test('the names of runs sort by the time of their start, to the millisecond', async () => {
  const runs = await temporaryFolder();
  const second = Date.UTC(2026, 10, 23, 18, 35, 1);
  const times = [second + 999, second + 7, second, second + 1000, second + 15];
  const made = new Map<string, number>();
  for (const time of times) {
    const { run } = await createRunFolder(runs, time, { record: '{}', specification: {} });
    expect(run).toMatch(/^20261123T18350[12]Z-[0-9a-f]{4}$/);
    made.set(run, time);
  }
  const names = (await readdir(join(runs, 'history'))).sort();
  expect(names.map((name) => made.get(name))).toEqual([...times].sort((a, b) => a - b));
});

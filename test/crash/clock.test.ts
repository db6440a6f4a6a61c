import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createRunFolder } from '../../src/cli/run-folder.js';
import { historyOf, readRun, runIdsIn } from '../../src/tracking/history.js';
import { temporaryFolder } from '../files/support.js';
import { type Clock, start } from './faults.js';
import { commands, makeProject, runArguments } from './pipelines.js';
import { internalsIn, problemsAtRerun, referenceOf } from './rig.js';
import { unhealedIn } from './state.js';

const day = 86_400_000;

async function projectFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await makeProject(folder, commands);
  return folder;
}

async function runWith(folder: string, clock: Clock): Promise<string> {
  const { code, stdout, stderr } = await start(folder, runArguments, { clock }).ended;
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(internalsIn(stdout)).toBe(false);
  return stdout;
}

describe('a clock that is set back', { timeout: 120_000 }, () => {
  test('between two runs costs nothing: what is cached stays cached, and what changed runs', async () => {
    const folder = await projectFolder();
    await runWith(folder, { shift: 0, after: 0 });
    expect(await runWith(folder, { shift: -day, after: 0 })).toContain('nothing to run');
    await writeFile(join(folder, 'letter'), 'another\n');
    const stdout = await runWith(folder, { shift: -day, after: 0 });
    expect(stdout).toContain('2 stages');
    expect(stdout).not.toContain('cached');
    expect(await unhealedIn(join(folder, 'runs'))).toEqual([]);
    const gc = await start(folder, ['cache', 'gc'], { clock: { shift: -day, after: 0 } }).ended;
    expect(gc).toMatchObject({ code: 0, stderr: '' });
    expect(await unhealedIn(join(folder, 'runs'))).toEqual([]);
  });

  test('within a run shows in no duration', async () => {
    const reference = await referenceOf(commands);
    for (const after of [1, 4, 8, 12]) {
      const folder = await projectFolder();
      const stdout = await runWith(folder, { shift: -day, after });
      expect(stdout, `after ${after} looks at the clock`).not.toMatch(/\s[-−]\d/);
      const runs = join(folder, 'runs');
      const [id = ''] = await runIdsIn(runs);
      const record = await readRun(join(historyOf(runs), id));
      expect(record?.end?.outcome).toBe('succeeded');
      for (const { outcome } of record?.stages ?? []) {
        if (outcome.state === 'succeeded') expect(outcome.artifact.seconds).toBeGreaterThanOrEqual(0);
      }
      const html = await readFile(join(historyOf(runs), id, 'report.html'), 'utf8');
      expect(html.replace(/<(script|style)[\s\S]*?<\/\1>/g, '')).not.toMatch(
        /[>\s][-−]\d+(\.\d+)?\s(s|min|h|d)\b/,
      );
      expect(await problemsAtRerun(reference, folder)).toEqual([]);
    }
  });

  test('to the very millisecond of other runs gives the next run a folder of its own', async () => {
    const runs = await temporaryFolder();
    // More than there are names for a millisecond.
    for (let count = 0; count < 20; count++) {
      await createRunFolder(runs, 1_700_000_000_000, { record: '{}', specification: {} });
    }
    expect(await readdir(join(runs, 'history'))).toHaveLength(20);
  });
});

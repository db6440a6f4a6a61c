import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { start } from './faults.js';
import { commands, makeProject, runArguments } from './pipelines.js';
import { internalsIn, problemsAtRerun, referenceOf } from './rig.js';

describe('a folder that is removed', { timeout: 120_000 }, () => {
  test('in which the command line is started: it says so', async () => {
    const folder = join(await temporaryFolder(), 'gone');
    await mkdir(folder);
    const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
    const script = 'rmdir "$PWD"; exec "$0" "$1" run pipeline.yaml';
    const child = spawn('sh', ['-c', script, process.execPath, main], { cwd: folder });
    const ended = once(child, 'exit');
    const stderr = await text(child.stderr);
    await ended;
    expect(stderr).toBe(
      'error: the working directory has been removed\n  help: change to a folder that is there\n',
    );
    expect(child.exitCode).toBe(1);
  });

  test.each([
    ['the outputs, before a stage has written', 'rm -r runs; cat letter'],
    [
      'the outputs, when a stage has written',
      'cat letter > $WASSERMILL_OUT/text; sleep 0.1; rm -r runs; false || cat letter',
    ],
    ['the drafts', 'rm -r runs/store/drafts; cat letter'],
    ['the history', 'rm -r runs/history; cat letter'],
    ['the working directory', 'rm -r "$PWD"; cat letter'],
  ])(
    'while a run works there (%s): it fails clearly or succeeds, and the next succeeds',
    async (_what, script) => {
      const reference = await referenceOf(commands);
      const folder = join(await temporaryFolder(), 'project');
      const pipeline = commands['pipeline.yaml']?.replace('cat letter', script) ?? '';
      await makeProject(folder, { ...commands, 'pipeline.yaml': pipeline });
      const { code, stdout, stderr } = await start(folder, runArguments).ended;
      expect([0, 1]).toContain(code);
      expect(internalsIn(stdout + stderr), stdout + stderr).toBe(false);
      await makeProject(folder, commands);
      expect(await problemsAtRerun(reference, folder)).toEqual([]);
    },
  );
});

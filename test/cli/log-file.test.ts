import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { LogFile } from '../../src/cli/log-file.js';
import { smallDisk, temporaryFolder } from '../files/support.js';

test('each line is in the file before the next', async () => {
  const path = join(await temporaryFolder(), 'log.jsonl');
  const file = new LogFile(path);
  file.write('one\n');
  expect(await readFile(path, 'utf8')).toBe('one\n');
  file.write('two\n');
  file.close();
  file.write('too late\n');
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
  expect(file.problem).toBeUndefined();
});

test('a full disk ends the log, once and without an exception', async ({ skip }) => {
  const disk = await smallDisk(64);
  if (disk === undefined) return skip('this process may not mount');
  const file = new LogFile(join(disk.folder, 'log.jsonl'));
  for (let count = 0; count < 10; count++) file.write('x'.repeat(16_384));
  expect(file.problem).toMatch(/^the run’s log cannot be written: ENOSPC/);
  file.close();
});

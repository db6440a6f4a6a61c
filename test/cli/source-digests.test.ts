import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { SourceDigests } from '../../src/cli/source-digests.js';
import { temporaryFolder } from '../files/support.js';

test('a remembered digest is taken as long as nothing of the memory has changed; no wrong one ever is', async () => {
  const folder = await temporaryFolder();
  const data = join(folder, 'data');
  const memory = join(folder, 'memory.json');
  const source = { kind: 'file', path: data, field: ['path'] } as const;
  await writeFile(data, 'some data');
  await utimes(data, 1e9, 1e9);
  const right = digestBytes('some data');
  const first = await SourceDigests.open(memory, Date.now);
  expect(await first.digest(source)).toEqual({ ok: true, value: right });
  await first.save();

  // The same size, time and inode: what is remembered is not read again.
  await writeFile(data, 'other one');
  await utimes(data, 1e9, 1e9);
  expect(await (await SourceDigests.open(memory, Date.now)).digest(source)).toEqual({
    ok: true,
    value: right,
  });

  const text = await readFile(memory, 'utf8');
  const wrong = right.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  for (const damaged of [text.replace(right, wrong), text.slice(0, -9), '', 'null', '{}']) {
    await writeFile(memory, damaged);
    const digests = await SourceDigests.open(memory, Date.now);
    expect(await digests.digest(source)).toEqual({ ok: true, value: digestBytes('other one') });
  }
});

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { expect, test } from 'vitest';

import { thisProcess } from '../../src/files/process-identity.js';
import { removeDeadTemporaries, temporaryBeside } from '../../src/files/temporary.js';
import { temporaryFolder } from './support.js';

/** As a process of an earlier boot would have named it. */
function deadTemporary(path: string): string {
  return temporaryBeside(path).replace(thisProcess().bootId, '00000000-0000-0000-0000-000000000000');
}

test('what dead processes have not moved to its place goes, files and folders; all else stays', async () => {
  const folder = await temporaryFolder();
  const living = temporaryBeside(join(folder, 'file'));
  for (const file of [living, deadTemporary(join(folder, 'file')), join(folder, 'mine.tmp')]) {
    await writeFile(file, 'half');
  }
  await mkdir(join(deadTemporary(join(folder, 'folder')), 'inside'), { recursive: true });
  await removeDeadTemporaries(folder);
  expect((await readdir(folder)).sort()).toEqual([basename(living), 'mine.tmp'].sort());
  await removeDeadTemporaries(join(folder, 'nowhere'));
});

test('a temporary file has a name that fits wherever the name of the file itself does', async () => {
  const folder = await temporaryFolder();
  await writeFile(temporaryBeside(join(folder, 'a'.repeat(255))), 'half');
  expect(await readdir(folder)).toHaveLength(1);
});

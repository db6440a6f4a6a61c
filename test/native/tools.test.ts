import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { thisHost, type NativeHost } from '../../src/native/host.js';
import { findTools, installCommands } from '../../src/native/tools.js';
import { temporaryFolder } from '../files/support.js';
import { pathWith } from './rig.js';

async function hostOf(osRelease: string): Promise<NativeHost> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'etc'));
  await writeFile(join(root, 'etc/os-release'), osRelease);
  return { ...thisHost(), root, user: 1000 };
}

test.each([
  ['Debian', 'NAME="Debian"\nVERSION_ID="12"\nID=debian\n', ['sudo apt-get install -y python3-pip g++']],
  ['Mint', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', ['sudo apt-get install -y python3-pip g++']],
  ['Rocky', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', ['sudo dnf install -y python3-pip gcc-c++']],
  ['Arch', 'ID=arch\n', ['sudo pacman -S --noconfirm python-pip gcc']],
  [
    'an unknown system',
    'ID=other\n',
    ['sudo apt-get install -y python3-pip g++', 'sudo dnf install -y python3-pip gcc-c++'],
  ],
])('names the packages of %s', async (_, osRelease, commands) => {
  expect(installCommands(['pip', 'compiler'], await hostOf(osRelease))).toEqual(commands);
});

test('a compiler that cannot do C++17 does not count', async () => {
  const PATH = await pathWith({ 'old-g++': '#!/bin/sh\nexit 1\n' });
  const host = { ...(await hostOf('')), environment: { PATH, CXX: 'old-g++ -m64' } };
  expect((await findTools(host)).compiler).toEqual({
    found: false,
    detail: '`old-g++ -m64` cannot compile C++17',
  });
});

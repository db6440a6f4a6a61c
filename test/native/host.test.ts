import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { chooseFlavour, thisHost } from '../../src/native/host.js';
import { temporaryFolder } from '../files/support.js';

test('the GPU is chosen where this process may use one, and whatever is asked for is taken', async () => {
  const root = await temporaryFolder();
  expect(chooseFlavour(undefined, { root })).toBe('native');
  await mkdir(join(root, 'proc/driver/nvidia/gpus/0000:01:00.0'), { recursive: true });
  // So it looks in a container that was not given the host's GPU.
  expect(chooseFlavour(undefined, { root })).toBe('native');
  await mkdir(join(root, 'dev'));
  await writeFile(join(root, 'dev/nvidiactl'), '');
  expect(chooseFlavour(undefined, { root })).toBe('gpu');
  expect(chooseFlavour('native', { root })).toBe('native');
  expect(chooseFlavour('gpu', { root: '/nowhere' })).toBe('gpu');
});

test('the cache is where the user says', () => {
  expect(thisHost({ WASSERMILL_CACHE_DIR: '/scratch/me' }).cache).toBe('/scratch/me');
  const usual = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  expect(thisHost({}).cache).toBe(join(usual, 'wassermill'));
  expect(thisHost({ WASSERMILL_CACHE_DIR: '' }).cache).toBe(join(usual, 'wassermill'));
});

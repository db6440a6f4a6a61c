import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ensureNative } from '../../src/native/ensure-native.js';
import type { NativeHost } from '../../src/native/host.js';
import { inspectNative } from '../../src/native/inspect.js';
import { lackingTool, makeRig } from './rig.js';

const checkOf = async (name: string, host: NativeHost) =>
  (await inspectNative('native', host)).find((check) => check.name === name);

describe.skipIf(lackingTool !== undefined)(
  `with pip and g++ (missing here: ${lackingTool ?? 'nothing'})`,
  () => {
    test('everything is well after the set-up, and tools are not needed any more', async () => {
      const { host } = await makeRig();
      const result = await ensureNative('native', { host, report: () => undefined });
      expect(result.ok).toBe(true);
      const checks = await inspectNative('native', { ...host, environment: { PATH: '/nowhere' } });
      expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
      expect(checks.find(({ name }) => name === 'compiler')?.detail).toContain('not needed any more');
    });

    test('content that changed is found, and the command that mends it removes it first', async () => {
      const { host, wheel } = await makeRig();
      const result = await ensureNative('native', { host, report: () => undefined });
      if (!result.ok) throw new Error(result.error.message);
      const folder = dirname(dirname(result.value.addon));
      const path = wheel.entries[0] ?? '';
      const { size } = await stat(join(folder, path));
      await writeFile(join(folder, path), Buffer.alloc(size));
      expect(await checkOf('TensorFlow', host)).toEqual({
        name: 'TensorFlow',
        state: 'broken',
        detail: `the content of ${path} has changed`,
        mend: `rm -r ${folder} && wassermill doctor --set-up`,
      });
      expect(await checkOf('first computation', host)).toMatchObject({ state: 'broken' });
    });
  },
);

test('what is missing comes with the command that installs it', async () => {
  const { host } = await makeRig();
  const bare = { ...host, user: 0, environment: { PATH: '/nowhere' } };
  expect(await checkOf('python3', bare)).toMatchObject({
    state: 'missing',
    mend: 'apt-get install -y python3',
  });
  expect(await checkOf('compiler', bare)).toMatchObject({ state: 'missing', mend: 'apt-get install -y g++' });
  expect(await checkOf('TensorFlow', bare)).toMatchObject({
    state: 'missing',
    mend: 'wassermill doctor --set-up',
  });
  expect(await inspectNative('gpu', bare)).toContainEqual({
    name: 'GPU',
    state: 'missing',
    detail: 'no NVIDIA GPU that this process may use',
    mend: 'nvidia-smi',
  });
});

test('a cache folder that others can write into is broken', async () => {
  const { host } = await makeRig();
  await mkdir(host.cache);
  await chmod(host.cache, 0o777);
  expect(await checkOf('cache folder', host)).toMatchObject({
    state: 'broken',
    mend: `chmod go-w ${host.cache}`,
  });
});

test('too little space is told before anything is downloaded', async () => {
  const { host, wheel } = await makeRig();
  const vast = { ...host, wheels: () => [{ ...wheel, unpackedBytes: 1e18 }] };
  expect(await checkOf('disk space', vast)).toMatchObject({ state: 'broken' });
  const result = await ensureNative('native', { host: vast, report: () => undefined });
  expect(result).toMatchObject({ ok: false, error: { reason: 'disk-full' } });
});

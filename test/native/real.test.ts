import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ensureNative } from '../../src/native/ensure-native.js';
import { thisHost } from '../../src/native/host.js';
import { inspectNative } from '../../src/native/inspect.js';
import { compiledSources, runScript, temporaryFolder } from '../files/support.js';
import { lackingTool } from './rig.js';

let dist: string;
beforeAll(async () => {
  dist = await compiledSources(['base', 'files', 'native']);
});
afterAll(() => rm(dist, { recursive: true, force: true }));

describe.skipIf(lackingTool !== undefined)(
  `with pip and g++ (missing here: ${lackingTool ?? 'nothing'})`,
  () => {
    test(
      'the pinned TensorFlow is downloaded, compiled for, and computes under TensorFlow.js',
      { timeout: 600_000 },
      async () => {
        const folder = await temporaryFolder();
        const own = thisHost();
        // A package of its own, so that the link of the one that other tests use stays as it is.
        const addonPackage = join(folder, 'package');
        await cp(join(own.addonPackage, 'binding'), join(addonPackage, 'binding'), { recursive: true });
        const host = { ...own, cache: join(folder, 'cache'), addonPackage };

        const before = await inspectNative('native', host);
        expect(before.filter(({ state }) => state !== 'ok').map(({ name, state }) => [name, state])).toEqual([
          ['TensorFlow', 'missing'],
        ]);

        const result = await ensureNative('native', { host, report: () => undefined });
        if (!result.ok) throw new Error(JSON.stringify(result.error, undefined, 2));

        const after = await inspectNative('native', host);
        expect(after.filter(({ state }) => state !== 'ok')).toEqual([]);
        expect(after.at(-1)?.detail).toBe('TensorFlow 2.21.0 on the CPU');

        // topk calls what Node 23 has removed.
        const script = `
      import util from 'node:util';
      import { createRequire } from 'node:module';
      delete util.isNullOrUndefined;
      const { prepareProcess } = await import('./native/prepare-process.js');
      prepareProcess(${JSON.stringify(result.value)});
      const tf = await import('@tensorflow/tfjs-node-gpu');
      const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]);
      console.log(JSON.stringify({
        backend: tf.getBackend(),
        addons: Object.keys(createRequire(import.meta.url).cache).filter((file) => file.endsWith('.node')),
        product: Array.from(product.dataSync()),
        largest: tf.topk(product.flatten(), 2).values.arraySync(),
      }));`;
        const end = await runScript(dist, script);
        expect(end.code, end.stderr).toBe(0);
        expect(JSON.parse(end.stdout)).toEqual({
          backend: 'tensorflow',
          addons: [result.value.addon],
          product: [1 * 5 + 2 * 7, 1 * 6 + 2 * 8, 3 * 5 + 4 * 7, 3 * 6 + 4 * 8],
          largest: [50, 43],
        });
      },
    );
  },
);

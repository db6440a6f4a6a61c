import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { RandomStream } from '../../src/base/streams.js';
import { artifactOf } from '../../src/execute/record.js';
import { loadGenerator, snapshotFolder } from '../../src/stages/model-artifact.js';
import { loadBackend } from '../../src/tensor/backend.js';
import * as tf from '../../src/tensor/tf.js';
import { temporaryFolder } from '../files/support.js';
import { Browser, chromium } from './browser.js';
import { smallPipelines } from './small-pipelines.js';
import { latestRun, root, run, runPipeline } from './support.js';

const steps = 4;
const count = 3;
const latent = [...new RandomStream({ seed: 1, purpose: 'test' }).normal(count * 8)];

/** Plain JavaScript on a page or in Node, with nothing of ours: samples, and the critic's scores of them. */
const script = (url: string) => `(async () => {
  const generator = await tf.loadGraphModel('${url}/generator.json');
  const critic = await tf.loadGraphModel('${url}/critic.json');
  const samples = generator.predict(tf.tensor(${JSON.stringify(latent)}, [${count}, 8]));
  const scores = critic.predict(samples);
  return { shape: samples.shape, samples: [...(await samples.data())], scores: [...(await scores.data())], backend: tf.getBackend() };
})()`;

interface Found {
  readonly shape: readonly number[];
  readonly samples: readonly number[];
  readonly scores: readonly number[];
  readonly backend: string;
}

describe('the networks of a training, in plain TensorFlow.js', { timeout: 120_000 }, () => {
  it('make in Node the samples that they make here', async () => {
    const { url, folder } = await trained();
    const program = `const tf = require('@tensorflow/tfjs'); ${script(url)}.then((found) => console.log(JSON.stringify(found)));`;
    const { stdout } = await run([process.execPath, '-e', program], { cwd: root });
    const last = required(stdout.trim().split('\n').at(-1), 'what was found');
    await expectSame(JSON.parse(last) as Found, folder);
  });

  it.skipIf(chromium === undefined)(
    'make in a browser the samples that they make here (needs Chromium)',
    async () => {
      const { url, folder } = await trained();
      const browser = new Browser(required(chromium, 'Chromium'), await temporaryFolder());
      onTestFinished(() => browser.close());
      const { value } = await browser.evaluate(`${url}/page.html`, 800, script(url));
      await expectSame(value as Found, folder);
    },
  );
});

async function expectSame({ shape, samples, scores }: Found, folder: string): Promise<void> {
  await loadBackend('native', 2);
  const { network, weights } = await loadGenerator(folder, 'end');
  const here = network.forward(weights, tf.tensor(latent, [count, 8]));
  expect(shape).toEqual(here.shape);
  const expected = [...(await here.data())];
  for (const [index, value] of expected.entries()) expect(samples[index]).toBeCloseTo(value, 4);
  expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.01);
  expect(scores).toHaveLength(count);
  expect(scores.every(Number.isFinite)).toBe(true);
}

/** Serves a page with TensorFlow.js and nothing else, and the last snapshot's files. */
async function trained(): Promise<{ readonly url: string; readonly folder: string }> {
  const place = await temporaryFolder();
  const runs = join(place, 'runs');
  const pipeline = required(smallPipelines(steps)['a DCGAN with batch norm on images'], 'a pipeline');
  await runPipeline(await pipeline(place), runs);
  const { record } = await latestRun(runs);
  const stage = required(
    record.stages.find(({ stage }) => stage.kind === 'train'),
    'the training',
  );
  const folder = required(artifactOf(stage.outcome), 'its artifact').directory;
  const server = createServer((request, response) => {
    const name = basename(request.url ?? '');
    const file =
      name === 'tf.min.js'
        ? join(root, 'node_modules/@tensorflow/tfjs/dist/tf.min.js')
        : join(folder, snapshotFolder(steps), name);
    if (name === 'page.html') {
      response.setHeader('content-type', 'text/html').end('<!doctype html><script src="tf.min.js"></script>');
      return;
    }
    readFile(file).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, folder };
}

import { rm } from 'node:fs/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { hasNvidiaGpu, thisHost } from '../../src/native/host.js';
import { compiledSources, runScript } from '../files/support.js';
import { trainingScript, trainingSources } from './training-script.js';

let dist: string;
beforeAll(async () => {
  dist = await compiledSources(trainingSources);
});
afterAll(() => rm(dist, { recursive: true, force: true }));

/** A backend is chosen once for a process, so each test has its own. */
function inProcess(choice: string, threads: number, then: string) {
  return runScript(
    dist,
    `
    const { loadBackend } = await import('./tensor/backend.js');
    const tf = await import('./tensor/tf.js');
    await loadBackend('${choice}', ${threads});
    ${then}
    process.exit(0);`,
  );
}

const sum = `console.log(tf.getBackend(), tf.ones([5]).sum().dataSync()[0]);`;

test('cpu is the JavaScript backend, and prints no advertisement', async () => {
  expect(await inProcess('cpu', 1, sum)).toMatchObject({ code: 0, stdout: 'cpu 5\n', stderr: '' });
});

test('native is TensorFlow’s, with the threads that were asked for', async () => {
  const count = `console.log((await import('node:fs')).readdirSync('/proc/self/task').length);`;
  const [few, many] = await Promise.all([
    inProcess('native', 1, sum + count),
    inProcess('native', 7, sum + count),
  ]);
  const threadsOf = ({ stdout, stderr }: typeof few) => {
    expect(stdout, stderr).toMatch(/^tensorflow 5\n\d+\n$/);
    return Number(stdout.split('\n')[1]);
  };
  expect(threadsOf(many) - threadsOf(few)).toBe(7 - 1);
});

test.skipIf(hasNvidiaGpu(thisHost()))('gpu is refused where there is none, and not replaced', async () => {
  const { code, stdout, stderr } = await inProcess('gpu', 1, sum);
  expect(stderr).toMatch(/GPU/);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});

// Measured on an H100: without the first, each run of a training had other weights; docs/reproducibility.md.
test('gpu tells TensorFlow to sum in one order and to share memory', async () => {
  const { stdout, stderr } = await runScript(
    dist,
    `
    const { loadBackend } = await import('./tensor/backend.js');
    await loadBackend('gpu', 1).catch(() => undefined);
    console.log(process.env.TF_DETERMINISTIC_OPS, process.env.TF_FORCE_GPU_ALLOW_GROWTH);`,
  );
  expect(stdout, stderr).toBe('1 true\n');
});

test('the native package registers with the one copy of TensorFlow.js that we use', async () => {
  const { stdout, stderr } = await inProcess(
    'native',
    1,
    `const { default: native } = await import('@tensorflow/tfjs-node-gpu');
    console.log(native.engine() === tf.engine());`,
  );
  expect(stdout, stderr).toBe('true\n');
});

test('the JavaScript backend trains as TensorFlow does, to rounding', async () => {
  const training = {
    shape: [8, 8, 1],
    generator: { type: 'dcgan_generator', z_dim: 4, ngf: 4, norm: 'batch' },
    critic: { type: 'dcgan_critic', ndf: 4, norm: 'batch' },
    clip: [-0.05, 0.05],
    criticIterations: { type: 'constant', count: 2 },
    batchSize: 16,
    seed: 1,
    iterations: 3,
  } as const;
  const run = async (backend: 'native' | 'cpu') => {
    const { stdout, stderr } = await runScript(dist, trainingScript(backend, training));
    expect(stdout, stderr).toMatch(/^{"digest"/);
    return (JSON.parse(stdout) as { losses: { critic: number; generator: number }[] }).losses;
  };
  const [native, cpu] = [await run('native'), await run('cpu')];
  expect(native).toHaveLength(3);
  native.forEach(({ critic, generator }, step) => {
    expect(cpu[step]?.critic).toBeCloseTo(critic, 3);
    expect(cpu[step]?.generator).toBeCloseTo(generator, 3);
  });
});

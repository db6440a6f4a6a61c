import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import { StageProblem, type StageEvent } from '../../src/execute/contract.js';
import { metricsOf } from '../../src/spec/stage-metrics.js';
import type { WeightsManifest } from '../../src/stages/weights-files.js';
import { readModelManifest } from '../../src/stages/model-artifact.js';
import { temporaryFolder } from '../files/support.js';
import { train, trainFields, type TrainFields } from './training-support.js';

const snapshots = { every: { generator_steps: 2 }, samples: 20 };

const ofType = <T extends StageEvent['type']>(events: readonly StageEvent[], type: T) =>
  events.filter((event): event is Extract<StageEvent, { type: T }> => event.type === type);

test('writes weights and pictures at 0, at each snapshot and at the end, and tells of each step', async () => {
  const { output, events } = await train({ folder: await temporaryFolder(), fields: { snapshots } });

  expect(await readModelManifest(output)).toEqual({
    generator: trainFields.generator,
    critic: trainFields.critic,
    shape: [2],
    average: false,
    snapshots: [0, 2, 4, 5],
    generator_steps: 5,
  });
  const steps = ['step-000000', 'step-000002', 'step-000004', 'step-000005'];
  const written = (await readdir(output, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(output.length + 1));
  expect(written.sort()).toEqual([
    'networks.json',
    ...steps.map((step) => `samples/${step}.png`),
    ...steps.flatMap((step) =>
      ['critic', 'generator'].flatMap((network) =>
        ['bin', 'constants.bin', 'json'].map((ending) => `snapshots/${step}/${network}.${ending}`),
      ),
    ),
  ]);

  expect(ofType(events, 'image').map(({ step, name, file }) => ({ step, name, file }))).toEqual(
    steps.map((step) => ({ step: Number(step.slice(5)), name: 'samples', file: `samples/${step}.png` })),
  );
  const picture = await sharp(join(output, 'samples/step-000005.png')).metadata();
  expect(picture.format).toBe('png');

  const metrics = ofType(events, 'metrics');
  expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  for (const { values } of metrics) {
    expect(Object.keys(values).sort()).toEqual(['critic_loss', 'generator_loss', 'wasserstein_estimate']);
    expect(values['wasserstein_estimate']).toBe(-(values['critic_loss'] ?? NaN));
    expect(Number.isFinite(values['generator_loss'])).toBe(true);
  }
  expect(ofType(events, 'progress').at(-1)).toEqual({
    ...{ type: 'progress', done: 5, total: 5, unit: 'generator steps' },
  });
});

test('a budget on the clock is counted from the first step, and what it came to is written down', async () => {
  // The clock of these tests goes on by a second whenever it is looked at.
  const { output, events } = await train({
    folder: await temporaryFolder(),
    fields: { budget: { minutes: 0.5 }, snapshots },
  });
  const steps = ofType(events, 'metrics').map(({ step }) => step);
  expect(steps.length).toBeGreaterThan(2);
  const { snapshots: kept, generator_steps } = await readModelManifest(output);
  expect(generator_steps).toBe(steps.length);
  expect(kept[0]).toBe(0);
  expect(kept.at(-1)).toBe(steps.length);
  expect(ofType(events, 'progress')[0]).toEqual({ type: 'progress', done: 0, total: 30, unit: 'seconds' });
  expect(ofType(events, 'progress').at(-1)).toMatchObject({ done: 30, total: 30 });
  expect(ofType(events, 'note').map(({ message }) => message)).toEqual([
    `In the budget of 30 s, ${steps.length} generator steps were made.`,
  ]);
});

test('a budget on the clock that is over at once gives one step', async () => {
  const { output } = await train({ folder: await temporaryFolder(), fields: { budget: { seconds: 0.001 } } });
  expect(await readModelManifest(output)).toMatchObject({ generator_steps: 1, snapshots: [0, 1] });
});

test('snapshots are graph models of TensorFlow.js, weights first', async () => {
  const { output } = await train({ folder: await temporaryFolder() });
  const folder = join(output, 'snapshots/step-000005');
  const model = JSON.parse(await readFile(join(folder, 'critic.json'), 'utf8')) as WeightsManifest;
  expect(model.signature?.inputs).toMatchObject({
    samples: { name: 'samples:0', tensorShape: { dim: [{ size: -1 }, { size: 2 }] } },
  });
  const [own, constants] = model.weightsManifest;
  expect(own).toEqual({
    paths: ['critic.bin'],
    weights: [
      { name: 'dense1/weights', shape: [2, 16], dtype: 'float32' },
      { name: 'dense1/bias', shape: [16], dtype: 'float32' },
      { name: 'output/weights', shape: [16, 1], dtype: 'float32' },
      { name: 'output/bias', shape: [1], dtype: 'float32' },
    ],
  });
  const { length } = await readFile(join(folder, 'critic.bin'));
  expect(length).toBe(4 * (2 * 16 + 16 + 16 + 1));
  expect(constants?.paths).toEqual(['critic.constants.bin']);
});

test('the same fields give the same bytes; another seed gives others', async () => {
  const folder = await temporaryFolder();
  const weightsOf = async (name: string, seed: number) => {
    const { output } = await train({ folder, name, fields: { seed } });
    return readFile(join(output, 'snapshots/step-000005/generator.bin'));
  };
  const first = await weightsOf('first', 3);
  expect((await weightsOf('again', 3)).equals(first)).toBe(true);
  expect((await weightsOf('other', 4)).equals(first)).toBe(false);
});

test('more snapshots change nothing in the training', async () => {
  const folder = await temporaryFolder();
  const [often, never] = await Promise.all([
    train({ folder, name: 'often', fields: { snapshots: { every: { generator_steps: 1 }, samples: 70 } } }),
    train({ folder, name: 'never' }),
  ]);
  const end = (output: string) => readFile(join(output, 'snapshots/step-000005/generator.bin'));
  expect((await end(often.output)).equals(await end(never.output))).toBe(true);
});

test('a DCGAN learns from images as a GAN, logging the Jensen-Shannon estimate', async () => {
  const { output, events } = await train({
    folder: await temporaryFolder(),
    kind: 'images',
    fields: {
      generator: { type: 'dcgan_generator', z_dim: 4, ngf: 4, norm: 'batch' },
      critic: { type: 'dcgan_critic', ndf: 4, norm: 'batch' },
      objective: { type: 'non_saturating' },
      lipschitz: { type: 'none' },
      budget: { epochs: 1 },
    },
  });
  // 100 images are 6 batches of 16: 3 generator steps with 2 critic steps each.
  const metrics = ofType(events, 'metrics');
  expect(metrics).toHaveLength(3);
  const values = metrics[2]?.values ?? {};
  expect(values['js_estimate']).toBe(Math.LN2 - (values['critic_loss'] ?? NaN) / 2);
  expect((await readModelManifest(output)).shape).toEqual([16, 16, 1]);
});

test('with a gradient penalty, logs it, and minimises lambda times it beside the objective', async () => {
  const { events } = await train({
    folder: await temporaryFolder(),
    fields: { lipschitz: { type: 'gradient_penalty', lambda: 3, form: 'two_sided' } },
  });
  const logged = ofType(events, 'metrics').map(({ values }) => values);
  expect(logged).toHaveLength(5);
  for (const {
    wasserstein_estimate: estimate = NaN,
    gradient_penalty: penalty = NaN,
    critic_loss: loss = NaN,
  } of logged) {
    expect(penalty).toBeGreaterThan(0);
    expect(loss).toBe(-estimate + 3 * penalty);
  }
});

test('keeps an average of the generator’s weights beside them, which starts as the generator', async () => {
  const { output } = await train({
    folder: await temporaryFolder(),
    fields: { snapshots, average: { decay: 0.5, start: { generator_steps: 2 } } },
  });
  expect((await readModelManifest(output)).average).toBe(true);
  const bytes = (step: string, name: string) => readFile(join(output, `snapshots/step-${step}/${name}.bin`));
  for (const step of ['000000', '000002']) {
    expect(await bytes(step, 'average')).toEqual(await bytes(step, 'generator'));
  }
  // Two steps on: a quarter of what it was, a quarter of the step between, a half of what there is.
  expect(await bytes('000004', 'average')).not.toEqual(await bytes('000004', 'generator'));
  expect(await bytes('000004', 'average')).not.toEqual(await bytes('000002', 'average'));
});

test('looks at the networks every so many steps, and changes nothing by that', async () => {
  const fields = {
    diagnostics: { every: { generator_steps: 2 }, critic_improvement: { critic_steps: 3 } },
  };
  const { events, output } = await train({ folder: await temporaryFolder(), fields });
  const plain = await train({ folder: await temporaryFolder() });
  const told = ofType(events, 'metrics').map(({ values }) => Object.keys(values));
  const usual = ofType(plain.events, 'metrics').map(({ values }) => Object.keys(values));
  const { objective, lipschitz, critic_iterations } = trainFields;
  const all = metricsOf({ type: 'train', objective, lipschitz, critic_iterations, ...fields });
  expect(told.map((names) => names.length)).toEqual([3, 15, 3, 15, 3]);
  expect(told[1]?.toSorted()).toEqual(all?.toSorted());
  expect(told[0]).toEqual(usual[0]);
  const end = 'snapshots/step-000005/generator.bin';
  expect(await readFile(join(output, end))).toEqual(await readFile(join(plain.output, end)));
});

test('learning rates follow their schedule', async () => {
  const sgd = { type: 'sgd', lr: 0.1, momentum: 0, nesterov: false } as const;
  const end = async (schedule: TrainFields['optimizer']['critic']['schedule']) => {
    const optimizer = { generator: { ...sgd, schedule }, critic: { ...sgd, schedule } };
    const { output } = await train({ folder: await temporaryFolder(), fields: { optimizer } });
    const bytes = async (step: string) => readFile(join(output, `snapshots/step-${step}/generator.bin`));
    const [first, last] = (await Promise.all(['000000', '000005'].map(bytes))).map(
      (file) => new Float32Array(new Uint8Array(file).buffer),
    );
    return Math.max(...(first ?? []).map((value, index) => Math.abs(value - (last?.[index] ?? NaN))));
  };
  const whole = await end({ type: 'constant' });
  expect(whole).toBeGreaterThan(1e-3);
  // Five steps into a million of warm-up.
  expect(await end({ type: 'constant', warm_up: { generator_steps: 1e6 } })).toBeLessThan(1e-5 * whole);
  // 1, 0.8, ... 0.2 of the rate: about three fifths of the way.
  const falling = (await end({ type: 'linear', final: 0 })) / whole;
  expect(falling).toBeGreaterThan(0.3);
  expect(falling).toBeLessThan(0.9);
});

test('tells how many critic steps there were where that is not constant', async () => {
  const { events } = await train({
    folder: await temporaryFolder(),
    fields: {
      critic_iterations: {
        ...{ type: 'schedule', count: 2, boost: 4 },
        ...{ first: { generator_steps: 1 }, every: { generator_steps: 3 } },
      },
    },
  });
  const told = ofType(events, 'metrics').map(({ values }) => values['critic_iterations']);
  expect(told).toEqual([4, 2, 2, 4, 2]);
});

test('a critic that decides how many steps it makes is trained until its budget is spent', async () => {
  const { events } = await train({
    folder: await temporaryFolder(),
    fields: {
      critic_iterations: { type: 'adaptive', min: 2, max: 3, threshold: 0.1 },
      budget: { critic_steps: 20 },
    },
  });
  const told = ofType(events, 'metrics').map(({ values }) => values['critic_iterations'] ?? NaN);
  expect(told.every((count) => count === 2 || count === 3)).toBe(true);
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
  expect(sum(told)).toBeGreaterThanOrEqual(20);
  expect(sum(told.slice(0, -1))).toBeLessThan(20);
  expect(ofType(events, 'progress').at(-1)).toMatchObject({ done: 20, total: 20, unit: 'critic steps' });
  expect(ofType(events, 'note')).toEqual([
    { type: 'note', message: `In ${sum(told)} critic steps, ${told.length} generator steps were made.` },
  ]);
});

test('a bound for a layer that the critic does not have is refused, with those that it has', async () => {
  const lipschitz = {
    ...{ type: 'clip', range: [-0.1, 0.1], when: 'after_step' },
    layers: { dense9: [-1, 1] },
  } satisfies TrainFields['lipschitz'];
  const training = train({ folder: await temporaryFolder(), fields: { lipschitz } });
  await expect(training).rejects.toThrow('the critic has no layer `dense9` to clip');
  await expect(training).rejects.toMatchObject({
    field: ['lipschitz', 'layers', 'dense9'],
    help: 'Its layers are dense1, output.',
  });
});

test('a training that diverges says so once and goes on to its end', async () => {
  const absurd = {
    type: 'sgd',
    lr: 1e30,
    momentum: 0,
    nesterov: false,
    schedule: { type: 'constant' },
  } as const;
  const { events } = await train({
    folder: await temporaryFolder(),
    fields: { optimizer: { generator: absurd, critic: absurd }, lipschitz: { type: 'none' } },
  });
  expect(ofType(events, 'metrics')).toHaveLength(5);
  const [note, ...others] = ofType(events, 'note');
  expect(note?.message).toMatch(/no longer finite at generator step \d/);
  expect(others).toEqual([]);
});

test('stops between steps when asked to, without a manifest', async () => {
  const folder = await temporaryFolder();
  const stop = new AbortController();
  let steps = 0;
  const training = train({
    folder,
    fields: { budget: { generator_steps: 1_000_000 } },
    signal: stop.signal,
    onEvent: ({ type }) => {
      if (type === 'metrics') steps += 1;
      // As a signal's handler would, in a turn of its own.
      if (steps === 3) setImmediate(() => stop.abort());
    },
  });
  await expect(training).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(steps).toBeLessThan(6);
  expect(await readdir(join(folder, 'model'))).not.toContain('networks.json');
});

describe('says what does not fit together', () => {
  const dcganGenerator = { type: 'dcgan_generator', z_dim: 4, ngf: 4, norm: 'batch' } as const;
  const dcganCritic = { type: 'dcgan_critic', ndf: 4, norm: 'batch' } as const;
  test.each<{ fields: Partial<TrainFields>; field: string; message: RegExp }>([
    { fields: { batch_size: 101 }, field: 'batch_size', message: /a batch of 101 .* the 100 samples/ },
    { fields: { generator: dcganGenerator }, field: 'generator', message: /these samples are points/ },
    { fields: { critic: dcganCritic }, field: 'critic', message: /these samples are points/ },
  ])('$message', async ({ fields, field, message }) => {
    const problem = await train({ folder: await temporaryFolder(), fields }).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(StageProblem);
    expect(problem).toMatchObject({ field: [field], message: expect.stringMatching(message) as unknown });
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { StageProblem } from '../../src/execute/contract.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { idxFile, put, ran, temporaryFolder } from './dataset-rig.js';
import { constantModel, evaluated } from './evaluate-rig.js';

let ring: string;
let model: string;

beforeAll(async () => {
  await loadBackend('cpu', 1);
  ({ directory: ring } = await ran({
    type: 'gaussian_mixture',
    layout: 'ring',
    modes: 8,
    radius: 2,
    std: 0.05,
    seed: 0,
    splits: { test: 400 },
  }));
  // Untrained between the modes, then outside the ring near the first mode, at the end in its middle.
  model = await constantModel({ 0: [0.1, 0], 300: [2.5, 0], 600: [2, 0] });
});

const collapsed = (highQuality: number) => ({
  modes: 1,
  'modes.high_quality_share': highQuality,
  'modes.total_variation': 1 - 1 / 8,
});

describe('runEvaluate', () => {
  it('measures the untrained generator and the one at the end', async () => {
    const { events, written } = await evaluated(model, ring);
    const expected = [
      { step: 0, values: collapsed(0) },
      { step: 600, values: collapsed(1) },
    ];
    expect(events.filter(({ type }) => type === 'metrics')).toEqual(
      expected.map((measured) => ({ type: 'metrics', timestamp: 1_000, ...measured })),
    );
    expect(written).toEqual(expected);
  });

  it('measures the moving average of the weights where there is one, unless asked for the last', async () => {
    const averaged = await constantModel({ 0: [0.1, 0], 600: [2, 0] }, [0.1, 0]);
    const last = ({ events }: Awaited<ReturnType<typeof evaluated>>) =>
      events.findLast(({ type }) => type === 'metrics');
    const at = { type: 'metrics', timestamp: 1_000, step: 600 };
    expect(last(await evaluated(averaged, ring))).toEqual({ ...at, values: collapsed(0) });
    expect(last(await evaluated(averaged, ring, { weights: 'last' }))).toEqual({
      ...at,
      values: collapsed(1),
    });
  });

  it('measures every snapshot when asked to, and tells of its progress', async () => {
    const { events, written } = await evaluated(model, ring, { at: 'every_snapshot' });
    expect(written).toEqual([
      { step: 0, values: collapsed(0) },
      { step: 300, values: collapsed(0) },
      { step: 600, values: collapsed(1) },
    ]);
    expect(events.filter(({ type }) => type === 'progress').at(-1)).toEqual({
      type: 'progress',
      done: 3,
      total: 3,
      unit: 'snapshots',
    });
  });

  it('measures distances to the reference: of a point to a ring, arithmetic says', async () => {
    const metrics = { swd: { type: 'sliced_wasserstein', projections: 4000 } } as const;
    const { written } = await evaluated(await constantModel({ 0: [0, 0] }), ring, {
      metrics,
      samples: 400,
    });
    const [{ values }] = written as [{ values: { swd: number } }];
    // From the origin, W1 along u is the mean of |u . x|; over all u that is 2 / pi times the mean length, 2.
    // The ring's own sample moves it by 0.05 / sqrt(400), the directions by 0.31 * 2 / sqrt(4000).
    expect(Math.abs(values.swd - (2 * 2) / Math.PI)).toBeLessThan(4 * (0.0025 + 0.0098));
  });

  it('compares with all of the split that a metric names, and not with as many as are generated', async () => {
    const metrics = {
      copied: { type: 'nearest_neighbour', space: 'samples', against: 'ring.test' },
    } as const;
    const { written } = await evaluated(model, ring, { metrics, samples: 3 });
    // The reference is of the split itself. Its 400 samples have one within 0.1 of each mode’s centre, 3 do not.
    const expected: unknown = expect.objectContaining({ 'copied.of_reference': 0 });
    expect(written).toMatchObject([{ step: 0 }, { step: 600, values: expected }]);
    const [, { values }] = written as [unknown, { values: { copied: number } }];
    expect(values.copied).toBeLessThan(0.1);
  });

  it('says what its values are of, before the first of them', async () => {
    const metrics = {
      swd: { type: 'sliced_wasserstein', projections: 8 },
      copied: { type: 'nearest_neighbour', space: 'samples', against: 'ring.test' },
    } as const;
    const { events, identities } = await evaluated(model, ring, { metrics, samples: 500 });
    const reference = digestBytes(await readFile(join(ring, 'test.samples.npy')));
    const common = {
      version: 1,
      samples: 500,
      reference_samples: 400,
      split: 'test',
      reference,
      seed: 0,
    };
    expect(identities).toEqual({
      swd: { metric: 'sliced_wasserstein', options: { projections: 8 }, ...common },
      copied: {
        metric: 'nearest_neighbour',
        // The name of the other split is the pipeline's own; its digest counts.
        options: { space: 'samples' },
        against: reference,
        ...common,
      },
    });
    const told = events.filter(({ type }) => type === 'identities' || type === 'metrics');
    expect(told[0]).toEqual({ type: 'identities', identities });
  });

  it('takes as many reference samples as there are, and says so', async () => {
    const { events } = await evaluated(model, ring, { samples: 1000 });
    expect(events[0]).toEqual({
      type: 'note',
      message: 'The reference test has 400 samples: 1,000 generated ones are compared with these.',
    });
  });

  it('names step and metric of a generator that diverged', async () => {
    const diverged = await constantModel({ 0: [0, 0], 50: [Number.NaN, 0] });
    await expect(evaluated(diverged, ring)).rejects.toThrow(
      new StageProblem(
        'at generator step 50, component 0 of generated sample 0 is NaN',
        ['metrics', 'modes'],
        'The generator diverged: lower the learning rate or the clip range, or measure an earlier snapshot.',
      ),
    );
  });

  it('refuses a reference of another shape', async () => {
    const folder = await temporaryFolder();
    const images = await put(folder, 'images', idxFile([2, 1, 2], Uint8Array.of(1, 2, 3, 4)));
    const { directory } = await ran({ type: 'idx', images, seed: 0, splits: { test: 2 } });
    const problem = await evaluated(model, directory).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(StageProblem);
    expect(problem).toMatchObject({
      message: 'the generator makes samples of 2 components, the reference holds samples of 1 x 2 x 1',
      field: ['reference'],
    });
  });
});

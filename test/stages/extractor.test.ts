import { beforeAll, describe, expect, it } from 'vitest';

import { unlikeField } from '../../src/base/metric-identity.js';
import { identitiesOf } from '../../src/stages/identities.js';
import type { Extractor } from '../../src/stages/extractor-contract.js';
import { openExtractor } from '../../src/stages/open-extractor.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { frechetDistance } from '../../src/metrics/frechet-distance.js';
import { inceptionScore } from '../../src/metrics/inception-score.js';
import type { StageId } from '../../src/plan/types.js';
import { measurableOf } from '../../src/stages/measurable.js';
import { ran } from './dataset-rig.js';
import { asGraphModel, asSavedModel, extracted, networkFixture, pixelsOf } from './extractor-rig.js';

const { shape, features, logits } = networkFixture;
const [generated, reference] = [pixelsOf(networkFixture.generated), pixelsOf(networkFixture.reference)];
const size = 8 * 8 * 3;

let directories: Readonly<Record<'saved_model' | 'graph_model', string>>;

beforeAll(async () => {
  await loadBackend('native', 2);
  directories = {
    saved_model: (await extracted(asSavedModel())).output,
    graph_model: (await extracted(asGraphModel())).output,
  };
});

const opened = (kind: 'saved_model' | 'graph_model', of: readonly number[] = shape): Promise<Extractor> =>
  openExtractor({ stage: 'inception' as StageId, directory: directories[kind] }, of);

describe.each(['saved_model', 'graph_model'] as const)('a user’s network as a %s', (kind) => {
  it('finds the features and tells the classes that it does in TensorFlow', async () => {
    const extractor = await opened(kind);
    expect(extractor).toMatchObject({ features: 16, classes: 1008 });
    const found = extractor.of(generated.subarray(0, 4 * size));
    expect(found.count).toBe(4);
    expectNear(found.features, features, 1e-5);
    expectNear(found.probabilities.subarray(0, 2 * 1008), softmax(logits, 1008), 1e-5);
  });

  it('measures what torch-fidelity does of these features', async () => {
    const extractor = await opened(kind);
    const aspects = new Set(['moments', 'probabilities'] as const);
    const seen = (values: Float32Array) =>
      measurableOf(inParts(values), { count: 100, size }, aspects, extractor);
    const [ours, real] = [await seen(generated), await seen(reference)];
    const { fid, inception_score: score } = networkFixture;
    if (!ours.moments || !real.moments || !ours.probabilities) throw new Error('all has been asked for');
    const distance = frechetDistance(ours.moments, real.moments);
    const parts = inceptionScore(ours.probabilities, 5);
    if (!distance.ok || !parts.ok) throw new Error('both have values');
    expect(Math.abs(distance.value / fid - 1)).toBeLessThan(1e-5);
    expect(Math.abs(parts.value.value / score - 1)).toBeLessThan(1e-6);
  });
});

describe('what a value of features is of', () => {
  const identified = async (fields: Parameters<typeof extracted>[1]) => {
    const { output } = await extracted(asGraphModel(), fields);
    const { fid, swd } = await identitiesOf({
      fields: {
        at: 'end',
        weights: 'average',
        samples: 10,
        metrics: { fid: { type: 'fid' }, swd: { type: 'sliced_wasserstein', projections: 8 } },
        seed: 0,
        threads: 1,
      },
      inputs: {
        model: { stage: 'train' as StageId, directory: 'unread' },
        reference: { stage: 'dataset:d' as StageId, directory: dataset, split: 'test' },
        extractor: { stage: 'inception' as StageId, directory: output },
      },
      signal: new AbortController().signal,
    });
    expect(swd).not.toHaveProperty('extractor');
    expect(swd).not.toHaveProperty('resizer');
    if (!fid) throw new Error('the metric has an identity');
    return fid;
  };
  let dataset: string;

  it('is the network and what it is given; how images are resized stands by itself', async () => {
    ({ directory: dataset } = await ran({
      type: 'shapes',
      side: 8,
      kinds: ['disc'],
      places: 1,
      colours: ['red'],
      jitter: 0.1,
      classes: 'kind',
      seed: 0,
      splits: { test: 10 },
    }));
    const first = await identified({});
    expect(first).toMatchObject({ metric: 'fid', resizer: 'tf1_bilinear to 299' });
    expect(unlikeField(first, await identified({}))).toBeUndefined();
    expect(unlikeField(first, await identified({ resize: 'bilinear' }))).toBe('resizer');
    expect(unlikeField(first, await identified({ mean: [127.5] }))).toBe('extractor');
    expect(unlikeField(first, await identified({ round: 'none' }))).toBe('extractor');
    expect(unlikeField(first, await identified({ features: 'logits' }))).toBe('extractor');
  });
});

/** Relative to the largest. */
function expectNear(found: Float32Array, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  const worst = Math.max(...Array.from(found, (value, index) => Math.abs(value - (expected[index] ?? NaN))));
  expect(worst / largest).toBeLessThan(tolerance);
}

function softmax(values: readonly number[], width: number): Float64Array {
  const rows = Float64Array.from(values, Math.exp);
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, index) => (row[index] = value / sum));
  }
  return rows;
}

// As they come: 64 at most, and none of them at once.
async function* inParts(values: Float32Array): AsyncGenerator<Float32Array> {
  for (let start = 0; start < values.length; start += 64 * size) {
    yield await Promise.resolve(values.subarray(start, start + 64 * size));
  }
}

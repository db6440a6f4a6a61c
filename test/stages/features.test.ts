import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { StageProblem } from '../../src/execute/contract.js';
import type { RunnableFields } from '../../src/spec/runnable.js';
import { loadClassifier } from '../../src/stages/classifier-artifact.js';
import { readSplit } from '../../src/stages/dataset-artifact.js';
import { roundedPixels } from '../../src/stages/open-extractor.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { classifiedPart, classifiedParts } from '../../src/tensor/classifying.js';
import { trained } from './classifier-rig.js';
import { ran } from './dataset-rig.js';
import { constantModel, evaluated } from './evaluate-rig.js';

let ring: string;
let features: string;
let model: string;
const point = [2, 0] as const;

beforeAll(async () => {
  await loadBackend('native', 2);
  const splits = { train: 600, test: 300 };
  const ringOf = {
    type: 'gaussian_mixture',
    layout: 'ring',
    modes: 4,
    radius: 2,
    std: 0.1,
    seed: 0,
  } as const;
  ({ directory: ring } = await ran({ ...ringOf, splits }));
  ({ output: features } = await trained(ring, { budget: { steps: 60 } }));
  model = await constantModel({ 0: point });
});

const measured = async (
  metrics: RunnableFields['evaluate']['metrics'],
  samples: number,
  extractor = features,
) => {
  const { written } = await evaluated(model, ring, { metrics, samples }, extractor);
  return (written as [{ values: Readonly<Record<string, number>> }])[0].values;
};

describe('features of a classifier', () => {
  it('are part of what a value is of; what is measured in samples does not name them', async () => {
    const metrics = { fid: { type: 'fid' }, modes: { type: 'modes_covered' } } as const;
    const { identities } = await evaluated(model, ring, { metrics, samples: 100 }, features);
    const extractor = digestBytes(await readFile(join(features, 'weights.bin')));
    expect(identities).toMatchObject({ fid: { metric: 'fid', options: {}, extractor } });
    expect(identities['modes']).not.toHaveProperty('extractor');
  });

  it('are what FID compares: of a generator of one point, arithmetic says', async () => {
    const { network, weights } = await loadClassifier(features);
    const own = classifiedPart(network, weights, Float32Array.from(point)).features;
    const width = own.length;
    const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
    for await (const part of classifiedParts(network, weights, await readSplit(ring, 'test'))) {
      for (const [place, value] of part.features.entries()) {
        sums[place % width] = (sums[place % width] ?? 0) + value;
        squares[place % width] = (squares[place % width] ?? 0) + value * value;
      }
    }
    const count = 300;
    const expected = own.reduce((total, value, k) => {
      const mean = (sums[k] ?? 0) / count;
      const variance = ((squares[k] ?? 0) - count * mean ** 2) / (count - 1);
      return total + (value - mean) ** 2 + variance;
    }, 0);
    const { fid = 0 } = await measured({ fid: { type: 'fid' } }, 300);
    expect(Math.abs(fid / expected - 1)).toBeLessThan(1e-6);
  });

  it('are what other metrics compare where they are told to', async () => {
    const metrics = {
      kid: { type: 'kid', subsets: 4 },
      score: { type: 'inception_score', splits: 2 },
      samples: { type: 'precision_recall', space: 'samples', neighbours: 3 },
      features: { type: 'precision_recall', space: 'features', neighbours: 3 },
      copied: { type: 'nearest_neighbour', space: 'features', against: 'ring.test' },
    } as const;
    const values = await measured(metrics, 200);
    expect(values).toMatchObject({ 'score.deviation': 0, 'features.recall': 0 });
    expect(values['score']).toBeCloseTo(1, 12);
    expect(values['kid']).toBeGreaterThan(3 * (values['kid.standard_error'] ?? Infinity));
    expect(values['copied.of_reference']).toBe(0);
    // 64 features, of which a step from the point to its mode’s others moves many.
    const inSamples = await measured({ copied: { ...metrics.copied, space: 'samples' } }, 200);
    expect(values['copied']).not.toBeCloseTo(inSamples['copied'] ?? Number.NaN, 3);
  });

  it('are too many for few samples, which is said at the metric', async () => {
    const problem = await measured({ fid: { type: 'fid' } }, 64).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(StageProblem);
    expect(problem).toMatchObject({
      message: 'at generator step 0, 64 generated samples are too few for the covariance of 64 features',
      field: ['metrics', 'fid'],
    });
  });
});

describe('roundedPixels', () => {
  const level = (pixel: number) => pixel / 127.5 - 1;

  it('leaves the 256 levels of real images alone, and rounds all else to the nearest', () => {
    const levels = Float32Array.from({ length: 256 }, (_, pixel) => level(pixel));
    expect(roundedPixels(levels)).toEqual(levels);
    const between = Float32Array.of(level(0.4), level(0.6), -1.2, 1.1, level(253.7));
    expect(roundedPixels(between)).toEqual(Float32Array.from([0, 1, 0, 255, 254], level));
  });
});

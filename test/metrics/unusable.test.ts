import { describe, expect, it } from 'vitest';

import { nearestDistances } from '../../src/metrics/copies.js';
import { densityCoverage } from '../../src/metrics/density-coverage.js';
import { energyDistance } from '../../src/metrics/energy-distance.js';
import { exactWasserstein } from '../../src/metrics/exact-wasserstein.js';
import { cubicKernel } from '../../src/metrics/kernels.js';
import { maxSlicedWasserstein } from '../../src/metrics/max-sliced-wasserstein.js';
import { squaredMmd } from '../../src/metrics/mmd.js';
import { nearestNeighbourTest } from '../../src/metrics/nearest-neighbour-test.js';
import { precisionRecall } from '../../src/metrics/precision-recall.js';
import type { Samples } from '../../src/metrics/samples.js';
import { sinkhornDivergence } from '../../src/metrics/sinkhorn.js';
import { unusable } from './fixtures.js';

type Metric = (generated: Samples, reference: Samples) => object;

const metrics: readonly (readonly [string, Metric])[] = [
  ['exactWasserstein', (a, b) => exactWasserstein(a, b, 2)],
  ['maxSlicedWasserstein', (a, b) => maxSlicedWasserstein(a, b, Float64Array.of(1), 1)],
  ['sinkhornDivergence', (a, b) => sinkhornDivergence(a, b, { order: 1, epsilon: 1 })],
  ['energyDistance', energyDistance],
  ['squaredMmd', (a, b) => squaredMmd(a, b, cubicKernel)],
  ['nearestNeighbourTest', nearestNeighbourTest],
  ['precisionRecall', (a, b) => precisionRecall(a, b, 1)],
  ['densityCoverage', (a, b) => densityCoverage(a, b, 1)],
  ['nearestDistances, of the reference', (a, b) => nearestDistances(a, b, a)],
];

describe.each(metrics)('%s has no number', (_, metric) => {
  it.each(unusable)('for %s', (_title, generated, reference, message) => {
    expect(metric(generated, reference)).toMatchObject({ ok: false, error: { message } });
  });
});

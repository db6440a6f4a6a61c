import { readFileSync, writeFileSync } from 'node:fs';

import { beforeAll, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { RandomStream } from '../../src/base/streams.js';
import { RunningMoments } from '../../src/metrics/moments.js';
import type { Samples } from '../../src/metrics/samples.js';
import { metricVersions } from '../../src/metrics/versions.js';
import type { RunnableMetrics } from '../../src/spec/runnable.js';
import type { Measurable } from '../../src/stages/measurable.js';
import { measure } from '../../src/stages/measure.js';
import { measureText } from '../../src/stages/measure-text.js';
import { onlyOnce } from '../../src/stages/once.js';
import { loadBackend } from '../../src/tensor/backend.js';

beforeAll(() => loadBackend('native', 1));

/** What each version of a metric makes of the same samples: `fid 1`. Never changed, only added to. */
const file = new URL('../fixtures/metric-values.json', import.meta.url);

const space = 'samples' as const;
const everyMetric = {
  sliced_wasserstein: { type: 'sliced_wasserstein', projections: 8 },
  modes_covered: { type: 'modes_covered' },
  exact_wasserstein: { type: 'exact_wasserstein', order: 1 },
  analytic_distances: { type: 'analytic_distances' },
  max_sliced_wasserstein: { type: 'max_sliced_wasserstein', projections: 8, steps: 5 },
  sinkhorn_divergence: { type: 'sinkhorn_divergence', order: 2, epsilon: 0.5 },
  energy_distance: { type: 'energy_distance' },
  mmd: { type: 'mmd', space, kernel: 'multiscale' },
  nearest_neighbour_test: { type: 'nearest_neighbour_test', space },
  precision_recall: { type: 'precision_recall', space, neighbours: 3 },
  density_coverage: { type: 'density_coverage', space, neighbours: 5 },
  spectrum_distance: { type: 'spectrum_distance' },
  ms_ssim: { type: 'ms_ssim', pairs: 20 },
  fid: { type: 'fid' },
  kid: { type: 'kid', subsets: 10, subset_size: 20 },
  inception_score: { type: 'inception_score', splits: 2 },
  conditional_accuracy: { type: 'conditional_accuracy' },
  ngram_js: { type: 'ngram_js', n: 2 },
  nearest_neighbour: { type: 'nearest_neighbour', space, against: 'reference.test' },
} as const satisfies { readonly [Type in keyof typeof metricVersions]: RunnableMetrics[string] };

const count = 60;
/** Images of 12 x 12 pixels are points, and around modes, as well. */
const dimensions = 144;

function drawn(purpose: string, scale: number): Measurable {
  const distribution = { type: 'gaussian', mean: scale, std: 2 * scale } as const;
  const values = new RandomStream({ seed: 1, purpose })
    .normal(count * dimensions)
    .map((x) => scale * x + 0.1);
  const samples: Samples = { count, dimensions, values };
  const features: Samples = { count, dimensions: 16, values: values.subarray(0, 16 * count) };
  const moments = new RunningMoments(features.dimensions);
  moments.add(values.subarray(0, 16 * count));
  const classes = 4;
  const weights = new RandomStream({ seed: 1, purpose: `${purpose}/classes` }).uniform(count * classes);
  const probabilities = weights.map((weight, at) => {
    const start = at - (at % classes);
    return weight / weights.subarray(start, start + classes).reduce((sum, other) => sum + other, 0);
  });
  return {
    distribution,
    samples,
    features,
    moments,
    probabilities: { count, dimensions: classes, values: probabilities },
    labels: Int32Array.from({ length: count }, (_, index) => index % classes),
  };
}

const tokens = (purpose: string) => ({
  count,
  length: 8,
  tokens: Int32Array.from(new RandomStream({ seed: 1, purpose }).uniform(count * 8), (x) =>
    Math.floor(5 * x),
  ),
});

test.each(Object.entries(everyMetric))('%s gives the values of its version', (type, metric) => {
  const reference = drawn('reference', 1);
  const values =
    metric.type === 'ngram_js'
      ? measureText(
          { it: metric },
          tokens('generated'),
          {
            sequences: tokens('reference'),
            against: new Map(),
          },
          onlyOnce(),
        )
      : measure(
          { it: metric },
          drawn('generated', 0.5),
          {
            ...reference,
            shape: [12, 12, 1],
            mixture: { centres: [0, 1].map((x) => new Array<number>(dimensions).fill(x)), std: 1 },
            against: new Map([['it', reference]]),
          },
          onlyOnce(),
        );
  const known = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, number>>;
  const version = `${type} ${metricVersions[metric.type]}`;
  if (process.env['UPDATE_GOLDENS'] === '1' && known[version] === undefined) {
    known[version] = values;
    writeFileSync(file, `${JSON.stringify(known, undefined, 2)}\n`);
  }
  const expected = required(
    known[version],
    `values of ${version}: UPDATE_GOLDENS=1 writes those of a new version`,
  );
  expect(Object.keys(values)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    const change = `raise the version in src/metrics/versions.ts where it is meant that ${name} changes`;
    expect(Math.abs((values[name] ?? NaN) - value), change).toBeLessThanOrEqual(
      1e-6 * Math.abs(value) + 1e-12,
    );
  }
});

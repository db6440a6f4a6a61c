import { readFileSync } from 'node:fs';

import type { Result } from '../../src/base/result.js';
import { RandomStream } from '../../src/base/streams.js';
import type { MetricRefusal, Samples } from '../../src/metrics/samples.js';

/** Two sets that a referee has measured, and what it measured. */
export type RefereedCase<Measured> = Measured & {
  readonly title: string;
  readonly dimensions: number;
  readonly generated: readonly number[];
  readonly reference: readonly number[];
};

/** Of scripts/referees/metrics.py. */
export function refereed<Measured>(name: string): {
  readonly referee: string;
  readonly cases: readonly RefereedCase<Measured>[];
} {
  const path = new URL(`../fixtures/referees/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof refereed<Measured>>;
}

export const samplesOf = (values: ArrayLike<number>, dimensions: number): Samples => ({
  count: values.length / dimensions,
  dimensions,
  values: Float64Array.from(values),
});

/** Both sets of a case. */
export const setsOf = ({ generated, reference, dimensions }: RefereedCase<unknown>): [Samples, Samples] => [
  samplesOf(generated, dimensions),
  samplesOf(reference, dimensions),
];

export function normalSamples(purpose: string, count: number, dimensions: number): Samples {
  const stream = new RandomStream({ seed: 1, purpose: `test/${purpose}` });
  return samplesOf(stream.normal(count * dimensions), dimensions);
}

/** Every component moved by as much. */
export const moved = (samples: Samples, by: number): Samples => ({
  ...samples,
  values: Float64Array.from(samples.values, (value) => value + by),
});

/** The samples in the opposite order. */
export const backwards = ({ count, dimensions, values }: Samples): Samples => ({
  count,
  dimensions,
  values: Float64Array.from(values, (_, index) => {
    const row = count - 1 - Math.floor(index / dimensions);
    return values[row * dimensions + (index % dimensions)] ?? Number.NaN;
  }),
});

/** NaN where it is refused, which no comparison takes for a number. */
export const numberOf = (result: Result<number, MetricRefusal>): number =>
  result.ok ? result.value : Number.NaN;

export const relativeError = (value: number, expected: number): number => Math.abs(value / expected - 1);

/** Sets that no metric of two sets has a number for, with what is said of them. */
export const unusable: readonly (readonly [string, Samples, Samples, string])[] = [
  [
    'NaN',
    samplesOf([1, 2, Number.NaN], 1),
    samplesOf([1, 2, 3], 1),
    'component 0 of generated sample 2 is NaN',
  ],
  [
    'infinity',
    samplesOf([1, 2, 3], 1),
    samplesOf([1, Infinity, 3], 1),
    'component 0 of reference sample 1 is Infinity',
  ],
  ['no generated samples', samplesOf([], 1), samplesOf([1, 2, 3], 1), 'there are no generated samples'],
  ['no reference', samplesOf([1, 2, 3], 1), samplesOf([], 1), 'there are no reference samples'],
  [
    'a constant reference',
    samplesOf([1, 2, 3], 1),
    samplesOf([4, 4, 4], 1),
    'all 3 reference samples are equal',
  ],
  [
    'other dimensions',
    samplesOf([1, 2, 3, 4], 2),
    samplesOf([1, 2], 1),
    'generated samples have 2 components, reference samples 1',
  ],
];

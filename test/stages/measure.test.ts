import { describe, expect, it } from 'vitest';

import { StageProblem } from '../../src/execute/contract.js';
import type { Samples } from '../../src/metrics/samples.js';
import { measure } from '../../src/stages/measure.js';

const points = (values: readonly number[]): Samples => ({
  count: values.length / 2,
  dimensions: 2,
  values: Float32Array.from(values),
});

const mixture = {
  centres: [
    [-2, 0],
    [2, 0],
  ],
  std: 0.5,
};
const reference = { samples: points([-2, 0, 2, 0, -2.1, 0, 2.1, 0]), mixture };

describe('measure', () => {
  it('gives the values of all metrics by name, parts behind a dot', () => {
    const metrics = {
      swd: { type: 'sliced_wasserstein', projections: 16 },
      modes: { type: 'modes_covered' },
    } as const;
    const values = measure(metrics, points([-2, 0, -2, 0.1, -2, -0.1, 7, 0]), reference);
    expect(Object.keys(values)).toEqual([
      'swd',
      'modes',
      'modes.high_quality_share',
      'modes.total_variation',
    ]);
    expect(values).toMatchObject({
      modes: 2,
      'modes.high_quality_share': 3 / 4,
      'modes.total_variation': 1 / 4,
    });
  });

  it('measures with the same directions every time', () => {
    const metrics = { swd: { type: 'sliced_wasserstein', projections: 4 } } as const;
    const generated = points([0, 0, 1, 3, 0.5, 0.5]);
    expect(measure(metrics, generated, reference)).toEqual(measure(metrics, generated, reference));
    // Each direction is drawn in turn: more of them refine the number, and do not replace it.
    const more = { swd: { type: 'sliced_wasserstein', projections: 4000 } } as const;
    const moved = { samples: points([1, 0, 2, 3]), mixture: undefined };
    // A translation by 1: 2 / pi, with four standard errors of a mean of 4,000.
    const { swd } = measure(more, points([0, 0, 1, 3]), moved);
    expect(Math.abs((swd ?? Number.NaN) - 2 / Math.PI)).toBeLessThan((4 * 0.31) / Math.sqrt(4000));
  });

  it.each([
    [
      'modes of data without modes',
      points([0, 0]),
      { ...reference, mixture: undefined },
      'modes_covered needs to know the modes, and the reference is not a Gaussian mixture',
      'Compare with a split of a gaussian_mixture dataset, or use another metric.',
    ],
    [
      'samples that are not finite',
      points([0, 0, Infinity, 0]),
      reference,
      'component 0 of generated sample 1 is Infinity',
      'The generator diverged: lower the learning rate or the clip range, or measure an earlier snapshot.',
    ],
  ])('refuses %s, at the metric', (_, generated, against, message, help) => {
    const metrics = { coverage: { type: 'modes_covered' } } as const;
    expect(() => measure(metrics, generated, against)).toThrow(
      new StageProblem(message, ['metrics', 'coverage'], help),
    );
  });
});

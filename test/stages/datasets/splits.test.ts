import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { StageProblem } from '../../../src/execute/contract.js';
import { cutSplits } from '../../../src/stages/datasets/splits.js';

const problem = (splits: Record<string, number>, available: number): Partial<StageProblem> => {
  try {
    cutSplits(splits, available);
  } catch (error) {
    if (error instanceof StageProblem) return error;
  }
  throw new Error('the splits can be cut');
};

describe('cutSplits', () => {
  it('cuts counts and shares in the order written', () => {
    expect(cutSplits({ train: 9000, test: 0.1 }, 10_000)).toEqual([
      { name: 'train', start: 0, count: 9000 },
      { name: 'test', start: 9000, count: 1000 },
    ]);
    // Ends at 2.5, 5 and 10, rounded to the nearest sample.
    expect(cutSplits({ a: 0.25, b: 0.25, c: 0.5 }, 10)).toEqual([
      { name: 'a', start: 0, count: 3 },
      { name: 'b', start: 3, count: 2 },
      { name: 'c', start: 5, count: 5 },
    ]);
  });

  it('uses every sample once when shares add up to one, and never one twice', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1000, max: 100_000 }), (weights, available) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const splits = Object.fromEntries(weights.map((weight, index) => [`s${index}`, weight / total]));
        let end = 0;
        for (const { start, count } of cutSplits(splits, available)) {
          expect(start).toBe(end);
          expect(count).toBeGreaterThan(0);
          end = start + count;
        }
        expect(end).toBe(available);
      }),
    );
  });

  it.each([
    [
      { train: 12_000 },
      10_000,
      'train',
      'split train asks for 12,000 samples; there are 10,000',
      'Ask for at most 10,000 here, or for less before.',
    ],
    [
      { train: 0.9, test: 2000 },
      10_000,
      'test',
      'split test asks for 2,000 samples; there are 10,000, of which 9,000 are taken by the splits before it',
      'Ask for at most 1,000 here, or for less before.',
    ],
    [
      { train: 4, test: 0.1 },
      4,
      'test',
      'split test would be empty: a share of 0.1 of 4 samples',
      'Give it a larger share, or a number of samples.',
    ],
    [
      { train: 1.5 },
      4,
      'train',
      'split train asks for 1.5 samples',
      'Write a whole number of samples, or a share below 1.',
    ],
  ])('refuses %j of %i', (splits, available, name, message, help) => {
    expect(problem(splits as unknown as Record<string, number>, available)).toMatchObject({
      message,
      field: ['splits', name],
      help,
    });
  });
});

import { formatCount, plural } from '../../base/format.js';
import { StageProblem } from '../../execute/contract.js';

/** A run of positions in the shuffled samples. */
export interface SplitRange {
  readonly name: string;
  readonly start: number;
  readonly count: number;
}

/**
 * Cuts `available` samples into splits, in the order written: numbers of samples (1 and above) and shares of
 * all of them (below 1). Ends of shares are rounded to the nearest sample, so shares that add up to 1 use
 * every sample exactly once. What no split asks for is left over.
 *
 * @throws StageProblem when more is asked for than there is, or a split would be empty.
 */
export function cutSplits(
  splits: Readonly<Record<string, number>>,
  available: number,
): readonly SplitRange[] {
  let end = 0;
  return Object.entries(splits).map(([name, size]) => {
    const field = ['splits', name];
    if (size >= 1 && !Number.isInteger(size)) {
      throw new StageProblem(
        `split ${name} asks for ${size} samples`,
        field,
        'Write a whole number of samples, or a share below 1.',
      );
    }
    const start = Math.round(end);
    end += size < 1 ? size * available : size;
    const count = Math.round(end) - start;
    if (start + count > available) {
      const before = start === 0 ? '' : `, of which ${formatCount(start)} are taken by the splits before it`;
      throw new StageProblem(
        `split ${name} asks for ${plural(count, 'sample')}; there are ${formatCount(available)}${before}`,
        field,
        `Ask for at most ${formatCount(available - start)} here, or for less before.`,
      );
    }
    if (count === 0) {
      throw new StageProblem(
        `split ${name} would be empty: a share of ${size} of ${plural(available, 'sample')}`,
        field,
        'Give it a larger share, or a number of samples.',
      );
    }
    return { name, start, count };
  });
}

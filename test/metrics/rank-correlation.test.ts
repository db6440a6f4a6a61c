import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { rankCorrelation } from '../../src/metrics/rank-correlation.js';

interface Given {
  readonly title: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly spearman: number;
  readonly kendall: number;
}

const path = new URL('../fixtures/referees/rank_correlation.json', import.meta.url);
const { referee, cases } = JSON.parse(readFileSync(path, 'utf8')) as { referee: string; cases: Given[] };

describe('rankCorrelation', () => {
  it.each(cases)(`equals ${referee}: $title`, ({ a, b, spearman, kendall }) => {
    const found = rankCorrelation(a, b);
    expect(found?.spearman).toBeCloseTo(spearman, 9);
    expect(found?.kendall).toBeCloseTo(kendall, 9);
  });

  it('has no meaning for two entries, or a constant series', () => {
    expect(rankCorrelation([1, 2], [2, 3])).toBeUndefined();
    expect(rankCorrelation([1, 1, 1], [2, 3, 4])).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';

import {
  boundWords,
  findingWords,
  levelWords,
  verdictSummary,
  verdictTone,
} from '../../src/report/verdict-words.js';
import { findings, interval, verdictOf } from './judged-support.js';

describe('a finding in a line', () => {
  it('has metric, place, estimate, interval, replications and bound', () => {
    expect(findingWords(findings.base)).toBe(
      'quality.w1, arm=base: 1.227 (0.9014 to 1.554, n = 3), at most 2',
    );
    expect(findingWords(findings.tight)).toBe(
      'quality.w1, arm=tight: 1.341 times arm=base (1.218 to 1.468, n = 3), at most 1.2',
    );
  });

  it('says no twice that a bound lies within an interval', () => {
    expect(findingWords(findings.one)).toBe(
      'quality.w1, arm=one: 1.392 times arm=base (1.050 to 1.740, n = 3), at most 1.2',
    );
  });

  it('says of a single value that it has no interval, and of a difference its sign', () => {
    expect(findingWords(findings.alone)).toBe(
      'quality.w1, arm=base: differs from quality.w2 by -0.2500 (one run, no interval), at least -0.5',
    );
  });

  it('says why nothing is decided', () => {
    expect(findingWords(findings.lacking)).toBe(
      'quality.w1, arm=wild: 1 of 3 values are lacking: train@arm=wild,seed=1 diverged; at most 1.2 times arm=base',
    );
    expect(findingWords(findings.open)).toBe(
      'quality.w1, arm=one: 2.500 times 3 past runs of "mnist" (unbounded, n = 3), between 0.5 and 1.5; ' +
        'at that level any ratio or difference is possible',
    );
    expect(findingWords(findings.nowhere)).toBe('quality.w1, arm=gone: no cell is there that it is about');
  });

  it('has infinite values, and nothing for a place that there is not', () => {
    expect(findingWords(findings.infinite)).toBe('exact.kl: Infinity (n = 3), at most 2');
  });
});

it('bounds are said as they stand in the file', () => {
  expect([{}, { min: 0 }, { max: 1e-7 }, { min: 1, max: 2 }, { min: 3, max: 3 }].map(boundWords)).toEqual([
    '',
    'at least 0',
    'at most 1e-7',
    'between 1 and 2',
    'exactly 3',
  ]);
  expect([0.95, 0.999, 0.9].map(levelWords)).toEqual(['95%', '99.9%', '90%']);
});

it('a verdict is said with how many hold, where there are several', () => {
  const { base, tight, one } = findings;
  expect(verdictSummary('gate', verdictOf('fail', [base, tight, one]))).toBe(
    'failed: 1 of 3 hold, 1 undecided',
  );
  expect(verdictSummary('gate', verdictOf('inconclusive', [base, one]))).toBe('inconclusive: 1 of 2 hold');
  expect(verdictSummary('claim', verdictOf('fail', [tight]))).toBe('refuted');
  expect(verdictSummary('claim', verdictOf('pass', [base, base]))).toBe('supported: all 2 hold');
  expect(verdictSummary('gate', verdictOf('pass', [base]))).toBe('passed');
});

it('only a failed gate is an alarm', () => {
  const tones = (['gate', 'claim'] as const).map((kind) =>
    (['pass', 'fail', 'inconclusive'] as const).map((verdict) => verdictTone(kind, verdict)),
  );
  expect(tones).toEqual([
    ['good', 'bad', 'unsure'],
    ['good', 'unsure', 'neutral'],
  ]);
});

it('a value that is infinite has no ends beside it', () => {
  const finding = { ...findings.base, estimate: interval(-Infinity, -Infinity, -Infinity, 2) };
  expect(findingWords(finding)).toBe('quality.w1, arm=base: -Infinity (n = 2), at most 2');
});

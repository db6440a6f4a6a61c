import { describe, expect, it } from 'vitest';

import { findings, train } from './support.js';

it('the base pipeline has no findings', () => {
  expect(findings({})).toEqual([]);
});

describe('rules', () => {
  it('see the sound fields of a stage that has a mistake elsewhere', () => {
    expect(findings(train({ batch_size: 'big', clip: undefined }))).toEqual([
      ['lipschitz-needed', 'wasserstein'],
      ['wrong-type', 'big'],
    ]);
  });

  it('do not take the default of a field for what a misspelt key was meant to say', () => {
    expect(findings(train({ clip: undefined, clipp: 0.1 }))).toEqual([['unknown-key', 'clipp']]);
  });

  it('find nothing unused in a file with errors', () => {
    expect(findings(train({ dataset: 'rign.train' }))).toEqual([['unknown-reference', 'rign.train']]);
  });
});

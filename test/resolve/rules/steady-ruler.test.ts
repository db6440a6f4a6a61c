import { expect, it } from 'vitest';

import type { Tree } from '../base-pipeline.js';
import { said } from './support.js';

const code = 'moving-ruler';
const digits = {
  type: 'idx',
  images: 'i.gz',
  labels: 'l.gz',
  resize: 32,
  splits: { train: 9000, test: 1000 },
};

function onDigits(dataset: Tree, features: Tree): Tree {
  return {
    seeds: [0, 1],
    datasets: { ring: undefined, mnist: { ...digits, ...dataset } },
    stages: {
      train: { dataset: 'mnist.train' },
      features: { type: 'classifier', dataset: 'mnist.train', budget: { epochs: 1 }, ...features },
      quality: { reference: 'mnist.test', extractor: 'features', metrics: { fid: { type: 'fid' } } },
    },
  };
}

it('lets models follow the seed, and rulers stay', () => {
  expect(said(code, onDigits({}, {}))).toEqual([]);
  expect(said(code, onDigits({ seed: 4 }, { seed: 4 }))).toEqual([]);
});

it('refuses an extractor that follows the seed', () => {
  expect(said(code, onDigits({}, { seed: '${seed}' }))).toEqual([
    [
      'error',
      'features',
      'the extractor `features` is another one for each seed, so that its measurements cannot be compared',
    ],
  ]);
});

it('refuses a split that follows the seed, and with it what was trained on it', () => {
  expect(said(code, onDigits({ seed: '${seed}' }, {})).map(([, place]) => place)).toEqual([
    'mnist.test',
    'features',
  ]);
});

it('says nothing where there is one seed, and nothing of other axes', () => {
  expect(said(code, { ...onDigits({}, { seed: '${seed}' }), seeds: [3] })).toEqual([]);
  const byAxis = { ...onDigits({}, { seed: '${matrix.ruler}' }), matrix: { axes: { ruler: [1, 2] } } };
  expect(said(code, byAxis)).toEqual([]);
});

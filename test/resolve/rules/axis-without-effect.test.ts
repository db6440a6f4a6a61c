import { expect, it } from 'vitest';

import { said } from './support.js';

const code = 'axis-without-effect';
const fixed = { train: { seed: 1 }, quality: { seed: 1 } };

it('takes an axis for what it does to any stage', () => {
  expect(said(code, { seeds: [0, 1] })).toEqual([]);
  expect(said(code, { seeds: [0, 1], stages: { train: { seed: 1 } } })).toEqual([]);
  expect(
    said(code, { matrix: { axes: { clip: [0.1, 0.2] } }, stages: { train: { clip: '${matrix.clip}' } } }),
  ).toEqual([]);
});

it('finds seeds that no stage follows', () => {
  expect(said(code, { seeds: [0, 1], stages: fixed })).toEqual([
    ['warning', 'seeds', 'no stage differs along the axis `seed`'],
  ]);
  expect(said(code, { seeds: [0], stages: fixed })).toEqual([]);
});

it('finds an axis that only descriptions and policies refer to', () => {
  const matrix = { axes: { note: ['a', 'b'], tries: [0, 3] } };
  const train = { desc: '${matrix.note}', retries: '${matrix.tries}' };
  expect(said(code, { matrix, stages: { train } }).map(([, place]) => place)).toEqual(['note', 'tries']);
});

it('leaves an axis to `unused` that nobody refers to', () => {
  expect(said(code, { matrix: { axes: { idle: [1, 2] } } })).toEqual([]);
  expect(said('unused', { matrix: { axes: { idle: [1, 2] } } })).toHaveLength(1);
});

it('finds an arm that is the base again', () => {
  const arms = { tight: { 'stages.train.clip': 0.01 }, same: { 'stages.train.clip': 0.1 } };
  expect(said(code, { ablation: { arms } })).toEqual([
    ['warning', 'same', 'the arm `same` is the same as the base'],
  ]);
});

import fc from 'fast-check';

import { absurd, axis, cell, files, key, mostly, path, removedPaths, small, value } from './values.js';

type FanOutKey = readonly [name: string, content: unknown];

const axisValues = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fc.oneof(absurd, fc.constantFrom('conv', 'mlp', '1', 'a,b', 'a=b')), {
      maxLength: 4,
    }),
  },
  { weight: 1, arbitrary: fc.dictionary(key, small, { maxKeys: 3 }) },
  { weight: 1, arbitrary: value },
);
const changes = fc.dictionary(path, value, { maxKeys: 3 });
const arms = mostly(
  fc.dictionary(fc.oneof(key, fc.constantFrom('tight', 'base', 'all')), mostly(changes), {
    maxKeys: 3,
  }),
);

const seedList = mostly(fc.array(fc.oneof(fc.nat(5), absurd), { maxLength: 5 }));
const matrix = mostly(
  fc.record(
    {
      axes: mostly(fc.dictionary(axis, axisValues, { maxKeys: 3 })),
      zip: mostly(fc.array(fc.array(axis, { maxLength: 3 }), { maxLength: 2 })),
      exclude: mostly(fc.array(cell, { maxLength: 2 })),
      include: mostly(fc.array(cell, { maxLength: 2 })),
    },
    { requiredKeys: ['axes'] },
  ),
);
const match = fc.constantFrom('critic_steps', 'generator_steps', 'images', 'epochs', 'hours', 1);
const ablation = mostly(fc.record({ match, arms, leave_one_out: arms }, { requiredKeys: [] }));
const vars = mostly(
  fc.dictionary(fc.constantFrom('x', 'y', 'z', 'mnist', '__proto__'), value, {
    maxKeys: 4,
  }),
);
const extended = fc.oneof(
  fc.constantFrom(...files),
  fc.array(fc.constantFrom(...files), { maxLength: 3 }),
  value,
);
/** A key at the top that changes what the file is made of, or how many pipelines it stands for. */
export const fanOutKey: fc.Arbitrary<FanOutKey> = fc.oneof(
  fc.tuple(fc.constant('seeds'), seedList),
  fc.tuple(fc.constant('matrix'), matrix),
  fc.tuple(fc.constant('ablation'), ablation),
  fc.tuple(fc.constant('vars'), vars),
  fc.tuple(fc.constant('extends'), extended),
  fc.tuple(fc.constant('remove'), removedPaths),
);

const penalty = { type: 'gradient_penalty', lambda: 10 };
const adam = { type: 'adam', lr: 2e-4, beta1: 0, beta2: 0.9 };
const noPath = { desc: 'Other words.' };

/** Keys at the top that make several pipelines of most of the seeds. */
export const soundFanOuts: readonly FanOutKey[] = [
  ['seeds', [0, 1]],
  ['seeds', [7, 3, 5]],
  ['matrix', { axes: { size: [1, 2], word: ['a', 'b'] }, exclude: [{ size: 1, word: 'a' }] }],
  ['matrix', { axes: { size: [1, 2], word: ['a', 'b'] }, zip: [['size', 'word']] }],
  ['matrix', { axes: { size: { small: 1, large: [2] } }, include: [{ size: 'small' }] }],
  ['ablation', { arms: { tight: { 'stages.train.clip': 0.001 }, words: noPath } }],
  ['ablation', { arms: { tight: { 'stages.train.lipschitz': penalty, 'stages.train.optimizer': adam } } }],
  ['ablation', { match: 'critic_steps', arms: { one: { 'stages.train.critic_iterations': 1 } } }],
  ['ablation', { match: 'epochs', arms: { small: { 'stages.train.batch_size': 16 } } }],
  ['ablation', { match: 'images', arms: { less: { remove: ['stages.quality'] } } }],
  [
    'ablation',
    {
      leave_one_out: {
        tight: { 'stages.train.clip': 0.001 },
        small: { 'stages.train.batch_size': 16 },
        often: { 'stages.train.critic_iterations': 2 },
      },
    },
  ],
  ['vars', { mnist: '../data', cifar: '../data', folder: '../data', images: '../data', x: [1, 2] }],
];

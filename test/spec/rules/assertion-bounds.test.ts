import { type Changes, gate, testLaw } from './support.js';

const two = { versus: { metric: 'train.critic_loss' } };
const past = { baseline: { mlflow: { experiment: 'nightly' } } };
const asserts = (fields: Changes) => gate({ assert: [{ metric: 'quality.swd', ...fields }] });

testLaw('assertion-bounds', {
  keeps: [
    asserts({ max: 1 }),
    asserts({ min: 1, max: 1 }),
    asserts({ ...two, max_ratio: 1.5 }),
    asserts({ ...two, min_difference: -1, max_difference: 1 }),
    asserts({ ...past, max_ratio: 1.1 }),
  ],
  breaks: [
    [asserts({ max_ratio: 1.2 }), 'max_ratio'],
    [asserts({ min_difference: 0 }), 'min_difference'],
    [asserts({ ...two, max: 1 }), 'versus'],
    [asserts({ ...past, max: 1 }), 'baseline'],
    [asserts({ ...two, ...past, max_ratio: 1 }), 'baseline'],
    [asserts({ min: 2, max: 1 }), '1'],
    [asserts({ ...two, min_ratio: 2, max_ratio: 0.5 }), '0.5'],
  ],
});

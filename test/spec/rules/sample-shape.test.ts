import { digits, onDigits, quality, testLaw } from './support.js';

testLaw('sample-shape', {
  keeps: [
    {
      datasets: { roll: { type: 'swiss_roll', splits: { test: 10 } } },
      ...quality({ reference: 'roll.test' }),
    },
  ],
  breaks: [
    [{ datasets: { mnist: digits }, ...quality({ reference: 'mnist.test' }) }, 'mnist.test'],
    [
      {
        ...onDigits({ resize: 32 }, { reference: 'colour.test' }),
        datasets: {
          ring: undefined,
          mnist: { ...digits, resize: 32 },
          colour: { type: 'cifar10', files: ['a.bin'], splits: { test: 10 } },
        },
      },
      'colour.test',
    ],
  ],
});

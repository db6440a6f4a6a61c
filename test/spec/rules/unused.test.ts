import { testLaw, train } from './support.js';

testLaw('unused', {
  keeps: [{ vars: { lr: 1 }, ...train({ optimizer: { lr: '${vars.lr}' } }) }],
  breaks: [
    [{ vars: { lr: 1 } }, 'lr'],
    [{ architectures: { other: { type: 'mlp_critic', hidden: [1] } } }, 'other'],
    [{ datasets: { roll: { type: 'swiss_roll', splits: { test: 10 } } } }, 'roll'],
  ],
});

import type { TProperties } from 'typebox';

import { Type } from './type.js';

import { decay, positiveNumber, record, stepsFrom, tagged } from './schema-builders.js';

const warmUp = stepsFrom(1, 'Generator steps over which the rate grows to its full size.');

const final = Type.Number({
  minimum: 0,
  maximum: 1,
  default: 0,
  description: 'The share of the learning rate that is left at the end.',
});

const lr = positiveNumber('Learning rate.');

/** What every optimiser has. */
const following = {
  lr,
  schedule: tagged(
    [
      record(
        { type: Type.Literal('constant'), warm_up: Type.Optional(warmUp) },
        { description: 'The learning rate as it is.' },
      ),
      record(
        { type: Type.Literal('linear'), warm_up: Type.Optional(warmUp), final },
        { description: 'Linearly down to its final share at the end of the training.' },
      ),
      record(
        { type: Type.Literal('cosine'), warm_up: Type.Optional(warmUp), final },
        { description: 'Along half a cosine down to its final share (arXiv 1608.03983, equation 5).' },
      ),
    ],
    { description: 'How the learning rate changes over the training.', default: { type: 'constant' } },
  ),
  max_gradient_norm: Type.Optional(
    positiveNumber(
      'The longest that all gradients of the network together may be; longer ones are shortened.',
    ),
  ),
};

const adam = {
  beta1: decay('Decay of the mean gradient.', { default: 0.9 }),
  beta2: decay('Decay of the mean square.', { default: 0.999 }),
  epsilon: positiveNumber('Added to the root of the mean square.', { default: 1e-8 }),
};

const optimizersWith = <Following extends TProperties>(following: Following) =>
  tagged(
    [
      record(
        {
          type: Type.Literal('rmsprop'),
          ...following,
          rho: decay('Decay of the mean square (alpha in PyTorch).', { default: 0.99 }),
          epsilon: positiveNumber('Added to the root of the mean square.', { default: 1e-8 }),
        },
        { description: 'RMSProp as PyTorch defines it: w -= lr * g / (sqrt(v) + epsilon).' },
      ),
      record(
        {
          type: Type.Literal('adam'),
          ...following,
          ...adam,
        },
        { description: 'Adam with bias correction (Kingma and Ba 2015), as PyTorch defines it.' },
      ),
      record(
        {
          type: Type.Literal('adamw'),
          ...following,
          ...adam,
          weight_decay: positiveNumber(
            'Times the learning rate: the share of itself that a weight loses each step.',
            {
              default: 0.01,
            },
          ),
        },
        { description: 'Adam with decoupled weight decay (arXiv 1711.05101), as PyTorch defines it.' },
      ),
      record(
        {
          type: Type.Literal('sgd'),
          ...following,
          momentum: decay('Decay of the velocity; 0: plain gradient descent.', { default: 0 }),
          nesterov: Type.Boolean({ default: false, description: 'Nesterov’s momentum.' }),
        },
        { description: 'Gradient descent, with momentum if asked for, as PyTorch defines it.' },
      ),
    ],
    { description: 'How a network follows its gradient.' },
  );

/** Of a network that is trained against another. */
export const optimizer = optimizersWith(following);

/** Of a network that is trained by itself. */
export const plainOptimizer = optimizersWith({ lr });

/** Of a generator, which may stand still while a critic learns to tell it from data. */
const generatorOptimizer = optimizersWith({
  ...following,
  lr: Type.Number({ minimum: 0, description: 'Learning rate; 0: the generator stays as it is.' }),
});

export const optimizers = record(
  { generator: generatorOptimizer, critic: optimizer },
  { description: 'One for each network; a single optimiser stands for the same for both.' },
);

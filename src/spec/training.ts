import { Type } from './type.js';

import {
  decay,
  positiveInteger,
  positiveNumber,
  quantity,
  record,
  tagged,
  words,
} from './schema-builders.js';

export const objective = tagged(
  [
    record(
      { type: Type.Literal('wasserstein') },
      { description: 'Critic maximises E[f(real)] - E[f(fake)]; generator maximises E[f(fake)].' },
    ),
    record(
      { type: Type.Literal('non_saturating') },
      { description: 'Standard GAN; the generator minimises -E[log D(fake)] (Goodfellow et al. 2014).' },
    ),
    record(
      { type: Type.Literal('minimax') },
      { description: 'Standard GAN; the generator minimises E[log(1 - D(fake))] (Goodfellow et al. 2014).' },
    ),
  ],
  { description: 'What critic and generator play for.' },
);

export const criticIterations = tagged(
  [
    record(
      {
        type: Type.Literal('constant'),
        count: positiveInteger('Critic steps for each generator step (n_critic).'),
      },
      { description: 'The same number of critic steps before every generator step.' },
    ),
  ],
  { description: 'Critic steps for each generator step; a number stands for a constant.' },
);

export const lipschitz = tagged(
  [
    record({ type: Type.Literal('none') }, { description: 'No constraint: for the standard GAN.' }),
    record(
      {
        type: Type.Literal('clip'),
        range: Type.Unsafe<readonly [number, number]>({
          type: 'array',
          items: { type: 'number' },
          minItems: 2,
          maxItems: 2,
          description: 'Lower and upper bound of every critic weight.',
        }),
        when: Type.Literal('after_step', {
          default: 'after_step',
          description: 'After each critic step, as in Algorithm 1 of arXiv 1701.07875.',
        }),
      },
      { description: 'Weight clipping (arXiv 1701.07875, Algorithm 1, line 7).' },
    ),
    record(
      {
        type: Type.Literal('gradient_penalty'),
        lambda: positiveNumber('Weight of the penalty.', { default: 10 }),
      },
      {
        description:
          'Adds lambda E[(|grad f(x)| - 1)^2] to the critic’s loss, at points between real and fake (arXiv 1704.00028).',
      },
    ),
  ],
  { description: 'How the critic is kept Lipschitz.', default: { type: 'none' } },
);

const learningRate = positiveNumber('Learning rate.');

export const optimizer = tagged(
  [
    record(
      {
        type: Type.Literal('rmsprop'),
        lr: learningRate,
        rho: decay('Decay of the mean square (alpha in PyTorch).', { default: 0.99 }),
        epsilon: positiveNumber('Added to the root of the mean square.', { default: 1e-8 }),
      },
      { description: 'RMSProp as PyTorch defines it: w -= lr * g / (sqrt(v) + epsilon).' },
    ),
    record(
      {
        type: Type.Literal('adam'),
        lr: learningRate,
        beta1: decay('Decay of the mean gradient.', { default: 0.9 }),
        beta2: decay('Decay of the mean square.', { default: 0.999 }),
        epsilon: positiveNumber('Added to the root of the mean square.', { default: 1e-8 }),
      },
      { description: 'Adam with bias correction (Kingma and Ba 2015), as PyTorch defines it.' },
    ),
    record({ type: Type.Literal('sgd'), lr: learningRate }, { description: 'Plain gradient descent.' }),
  ],
  { description: 'How a network follows its gradient.' },
);

export const optimizers = record(
  { generator: optimizer, critic: optimizer },
  { description: 'One for each network; a single optimiser stands for the same for both.' },
);

export const budget = quantity(
  {
    generator_steps: positiveInteger('Generator updates.'),
    critic_steps: positiveInteger('Critic updates.'),
    images: positiveInteger('Real samples shown to the critic, repeats counted.'),
    epochs: positiveNumber('Passes of the critic over the dataset split.'),
    seconds: positiveNumber('Seconds on the clock; how many steps they came to is recorded.'),
    minutes: positiveNumber('Minutes on the clock.'),
    hours: positiveNumber('Hours on the clock.'),
  },
  'How long to train: one quantity, its key being the unit.',
);

export const onDivergence = record(
  {
    action: words(['stop', 'rollback', 'mark'], {
      description:
        'stop: the stage fails. rollback: back to an earlier state, with other noise. mark: it ends there, as a diverged result.',
    }),
    max_estimate: positiveNumber('Size of the estimate above which a training is exploding.', {
      default: 1e6,
    }),
    every: positiveInteger(
      'Generator steps between two looks for a collapse, and between the states that a rollback can go back to.',
      { default: 100 },
    ),
    lr_factor: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'rollback: what learning rates are multiplied by, each time.',
      default: 1,
    }),
    attempts: positiveInteger('rollback: how often at most; then the stage fails.', { default: 3 }),
  },
  { description: 'What happens when a training diverges. Without it, that is told and training goes on.' },
);

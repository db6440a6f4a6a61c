import { Type } from './type.js';

import {
  decay,
  positiveInteger,
  positiveNumber,
  quantity,
  record,
  stepsFrom,
  words,
} from './schema-builders.js';

export const average = record(
  {
    decay: decay('Share of the average that is left after a generator step.', { default: 0.999 }),
    start: stepsFrom(0, 'Until so many are made the average is the generator itself.', 0),
  },
  {
    description:
      'A moving average of the generator’s weights, kept beside it; samples and metrics are made with it.',
  },
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

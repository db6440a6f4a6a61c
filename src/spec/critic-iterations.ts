import { scheduleDefaults } from '../base/critic-iterations.js';
import { Type } from './type.js';

import { positiveInteger, positiveNumber, record, stepsFrom, tagged } from './schema-builders.js';

export const criticIterations = tagged(
  [
    record(
      {
        type: Type.Literal('constant'),
        count: positiveInteger('Critic steps for each generator step (n_critic).'),
      },
      { description: 'The same number of critic steps before every generator step.' },
    ),
    record(
      {
        type: Type.Literal('schedule'),
        count: positiveInteger('Critic steps before an ordinary generator step.'),
        boost: positiveInteger('Critic steps before the first and before every so many generator steps.', {
          default: scheduleDefaults.boost,
        }),
        first: stepsFrom(0, 'How many generator steps have the boost at the start.', scheduleDefaults.first),
        every: Type.Optional(stepsFrom(1, 'How often a generator step has it later on.')),
      },
      {
        description:
          'More critic steps at the start and now and then: the reference code has first 25, every 500, boost 100.',
      },
    ),
    record(
      {
        type: Type.Literal('adaptive'),
        min: positiveInteger('The fewest critic steps.', { default: 1 }),
        max: positiveInteger('The most critic steps.', { default: 100 }),
        threshold: positiveNumber(
          'The relative improvement of the critic’s loss that is worth another step.',
          {
            default: 0.1,
          },
        ),
      },
      {
        description:
          'Critic steps until one improves the loss by less than the threshold. Not found better than a good constant.',
      },
    ),
  ],
  { description: 'Critic steps for each generator step; a number stands for a constant.' },
);

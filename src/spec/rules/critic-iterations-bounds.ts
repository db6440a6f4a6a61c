import { error } from '../../diagnostics/problem.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/** The fewest adaptive critic steps are no more than the most, and a boost is no less than the ordinary number. */
export const criticIterationsBounds: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const iterations = fields.critic_iterations;
    if (iterations?.type === 'adaptive' && iterations.min > iterations.max) {
      return [
        error('critic-iterations-bounds', {
          at: fieldRange(declaration, 'critic_iterations', 'min'),
          message: `at least ${iterations.min} critic steps, and at most ${iterations.max}, are none`,
          help: 'write a `min` that is not above `max` (1 and 100 unless given)',
        }),
      ];
    }
    if (iterations?.type === 'schedule' && iterations.boost < iterations.count) {
      return [
        error('critic-iterations-bounds', {
          at: fieldRange(declaration, 'critic_iterations', 'boost'),
          message: `a boost of ${iterations.boost} critic steps is less than the ordinary ${iterations.count}`,
          help: 'write a `boost` that is not below `count` (100 unless given, as in the reference code)',
        }),
      ];
    }
    return [];
  });

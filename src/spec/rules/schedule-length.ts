import { clockSeconds } from '../../base/budget.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A learning rate that falls to the end of the training needs to know where that is. On the clock, or where the critic
 * decides how many of its steps a generator step has, only the training tells.
 */
export const scheduleLength: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const { budget, critic_iterations: iterations, optimizer } = fields;
    if (budget === undefined || optimizer === undefined) return [];
    const isOpen =
      clockSeconds(budget) !== undefined ||
      (iterations?.type === 'adaptive' && budget.generator_steps === undefined);
    if (!isOpen) return [];
    const falling = (['generator', 'critic'] as const).filter((role) => {
      return optimizer[role].schedule.type !== 'constant';
    });
    return falling.slice(0, 1).map((role) =>
      error('schedule-length', {
        at: fieldRange(declaration, 'optimizer', role, 'schedule', 'type'),
        message: `a ${quoted(optimizer[role].schedule.type)} schedule ends with the training, and this budget leaves open when that is`,
        notes: [{ message: 'the budget is here', range: fieldRange(declaration, 'budget') }],
        help: 'write the budget in `generator_steps`, or `schedule: {type: constant}`',
      }),
    );
  });

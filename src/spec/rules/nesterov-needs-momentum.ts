import { error } from '../../diagnostics/problem.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/** Nesterov's method looks ahead along the velocity: without momentum there is none. */
export const nesterovNeedsMomentum: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const wrong = (['generator', 'critic'] as const).filter((role) => {
      const optimizer = fields.optimizer?.[role];
      return optimizer?.type === 'sgd' && optimizer.nesterov && optimizer.momentum === 0;
    });
    return wrong.slice(0, 1).map((role) =>
      error('nesterov-needs-momentum', {
        at: fieldRange(declaration, 'optimizer', role, 'nesterov'),
        message: '`nesterov` looks ahead along a momentum, and there is none',
        help: 'write `momentum: 0.9`, for example, or remove `nesterov`',
      }),
    );
  });

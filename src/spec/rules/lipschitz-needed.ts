import { error } from '../../diagnostics/problem.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A Wasserstein objective needs a Lipschitz constraint on the critic: without one the difference of means that the
 * critic maximises has no upper bound, and estimates nothing (arXiv 1701.07875, section 3).
 */
export const lipschitzNeeded: Rule = (context) =>
  stagesOf(context, 'train')
    .filter(({ fields }) => fields.objective?.type === 'wasserstein' && fields.lipschitz?.type === 'none')
    .map(({ declaration }) =>
      error('lipschitz-needed', {
        at: fieldRange(declaration, 'objective'),
        message: 'a Wasserstein objective needs a Lipschitz constraint, or the critic grows without bound',
        help: 'add `clip: 0.01` to the stage (Algorithm 1 of arXiv 1701.07875)',
      }),
    );

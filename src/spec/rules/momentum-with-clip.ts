import { warning } from '../../diagnostics/problem.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A clipped critic under a Wasserstein objective is trained without momentum. Training becomes unstable at times
 * with a momentum optimiser such as Adam with beta1 > 0, for which the paper changed to RMSProp (arXiv 1701.07875,
 * section 4).
 */
export const momentumWithClip: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const critic = fields.optimizer?.critic;
    const clipped = fields.objective?.type === 'wasserstein' && fields.lipschitz?.type === 'clip';
    if (!clipped || critic === undefined || !('beta1' in critic) || critic.beta1 === 0) return [];
    return [
      warning('momentum-with-clip', {
        at: fieldRange(declaration, 'optimizer', 'critic', 'beta1'),
        message: `Adam with beta1 ${critic.beta1} gives a clipped critic momentum, which makes its training unstable`,
        help: 'use rmsprop, or adam with beta1: 0 (arXiv 1701.07875, section 4)',
      }),
    ];
  });

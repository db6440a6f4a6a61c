import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { isPenalty } from '../lipschitz.js';
import { isListed, normsOf } from './network-parts.js';
import { declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A penalised critic has no batch norm: the penalty bounds the gradient at each sample by itself, and with batch norm
 * the critic's answer to one sample depends on all others (arXiv 1704.00028, section 4).
 */
export const penaltyWithBatchNorm: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const critic = context.architectures.get(fields.critic ?? '');
    if (!critic || !fields.lipschitz || !isPenalty(fields.lipschitz)) return [];
    const batchNorms = normsOf(critic).filter(({ word }) => word === 'batch');
    return batchNorms.map(({ at }) =>
      error('penalty-with-batch-norm', {
        at,
        message: `${quoted(critic.name)} has batch norm, under which a gradient penalty bounds nothing`,
        notes: [
          {
            message: `${quoted(declaration.name)} trains it with a gradient penalty`,
            range: fieldRange(declaration, 'lipschitz', 'type'),
          },
          declaredHere(critic),
        ],
        help: `write \`norm: layer\`${isListed(critic) ? ', or take the layer out' : ' or `norm: none`'} (arXiv 1704.00028, section 4)`,
      }),
    );
  });

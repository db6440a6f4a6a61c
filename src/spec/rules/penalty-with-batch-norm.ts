import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { isPenalty } from '../lipschitz.js';
import { declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A penalised critic has no batch norm: the penalty bounds the gradient at each sample by itself, and with batch norm
 * the critic's answer to one sample depends on all others (arXiv 1704.00028, section 4).
 */
export const penaltyWithBatchNorm: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const critic = context.architectures.get(fields.critic ?? '');
    const norm = critic?.fields && 'norm' in critic.fields ? critic.fields.norm : undefined;
    if (!critic || !fields.lipschitz || !isPenalty(fields.lipschitz) || norm !== 'batch') return [];
    return [
      error('penalty-with-batch-norm', {
        at: fieldRange(critic, 'norm'),
        message: `${quoted(critic.name)} has batch norm, under which a gradient penalty bounds nothing`,
        notes: [
          {
            message: `${quoted(declaration.name)} trains it with a gradient penalty`,
            range: fieldRange(declaration, 'lipschitz', 'type'),
          },
          declaredHere(critic),
        ],
        help: 'write `norm: layer` or `norm: none` (arXiv 1704.00028, section 4)',
      }),
    ];
  });

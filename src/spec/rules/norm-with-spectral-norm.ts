import { quoted } from '../../diagnostics/printable.js';
import { warning } from '../../diagnostics/problem.js';
import { isListed, normsOf } from './network-parts.js';
import { declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A critic under spectral norm has no other norm: a layer that divides by its statistics, and has a scale that is
 * learnt, undoes the bound of the weights (arXiv 1802.05957, section 3).
 */
export const normWithSpectralNorm: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const critic = context.architectures.get(fields.critic ?? '');
    if (!critic || fields.lipschitz?.type !== 'spectral_norm') return [];
    return normsOf(critic).map(({ word: norm, at }) =>
      warning('norm-with-spectral-norm', {
        at,
        message: `${quoted(critic.name)} has ${norm} norm, which undoes what spectral norm bounds`,
        notes: [
          {
            message: `${quoted(declaration.name)} trains it under spectral norm`,
            range: fieldRange(declaration, 'lipschitz', 'type'),
          },
          declaredHere(critic),
        ],
        help: `${isListed(critic) ? 'take the layer out' : 'write `norm: none`'} (arXiv 1802.05957, section 3)`,
      }),
    );
  });

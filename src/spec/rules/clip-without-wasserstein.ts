import { warning } from '../../diagnostics/problem.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * Weight clipping belongs to a Wasserstein objective: the discriminator of a standard GAN needs no Lipschitz bound,
 * and clipping keeps it from telling real from fake.
 */
export const clipWithoutWasserstein: Rule = (context) =>
  stagesOf(context, 'train')
    .filter(
      ({ fields }) =>
        fields.lipschitz?.type === 'clip' && fields.objective && fields.objective.type !== 'wasserstein',
    )
    .map(({ declaration, fields }) =>
      warning('clip-without-wasserstein', {
        at: fieldRange(declaration, 'lipschitz', 'range'),
        message: `the objective \`${fields.objective?.type ?? ''}\` needs no clipping, which weakens its discriminator`,
        notes: [{ message: 'the objective is chosen here', range: fieldRange(declaration, 'objective') }],
        help: 'remove the clip range, or write `objective: wasserstein`',
      }),
    );

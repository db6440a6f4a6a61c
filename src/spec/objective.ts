import { Type } from './type.js';

import { record, tagged, words } from './schema-builders.js';

export const objective = tagged(
  [
    record(
      { type: Type.Literal('wasserstein') },
      { description: 'Critic maximises E[f(real)] - E[f(fake)]; generator maximises E[f(fake)].' },
    ),
    record(
      { type: Type.Literal('non_saturating') },
      { description: 'Standard GAN; the generator minimises -E[log D(fake)] (Goodfellow et al. 2014).' },
    ),
    record(
      { type: Type.Literal('minimax') },
      { description: 'Standard GAN; the generator minimises E[log(1 - D(fake))] (Goodfellow et al. 2014).' },
    ),
    record(
      { type: Type.Literal('least_squares') },
      { description: 'Critic scores are drawn to 1 for real and 0 for fake samples (arXiv 1611.04076).' },
    ),
    record(
      { type: Type.Literal('hinge') },
      {
        description:
          'Critic scores are drawn beyond 1 and -1; the generator maximises E[f(fake)] (arXiv 1705.02894).',
      },
    ),
    record(
      {
        type: Type.Literal('f_gan'),
        divergence: words(
          ['kl', 'reverse_kl', 'jensen_shannon', 'pearson', 'squared_hellinger', 'total_variation'],
          { description: 'The f-divergence whose lower bound the critic maximises.' },
        ),
      },
      {
        description: 'Both play for the variational bound of an f-divergence (arXiv 1606.00709, equation 6).',
      },
    ),
  ],
  { description: 'What critic and generator play for.' },
);

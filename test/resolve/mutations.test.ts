import { expect, it } from 'vitest';

import { tryMutants } from '../mutations/campaign.js';

/** Always the same ones: the acceptance tests draw others. */
const seed = 170_107_875;
const count = 2000;

it(
  'damaged pipelines give located problems or plans, and never a crash',
  async () => {
    const { accepted } = await tryMutants(count, seed);
    // Enough of both kinds, or else half of the checks would see nothing.
    expect(accepted).toBeGreaterThan(count / 20);
    expect(accepted).toBeLessThan(count / 2);
  },
  // Some 20 s on a machine that does nothing else.
  300_000,
);

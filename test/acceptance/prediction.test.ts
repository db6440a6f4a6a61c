import { expect, it } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { checkPredictions } from '../prediction/predictions.js';

it(
  'what a plan says is what a run does, over 500 random pipelines and edits',
  { timeout: 900_000 },
  async () => {
    await expect(checkPredictions(await temporaryFolder(), 500)).resolves.toBeUndefined();
  },
);

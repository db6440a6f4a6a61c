import { test } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { checkPredictions } from './predictions.js';

test('what a plan says is what a run does, over random pipelines and edits', async () => {
  await checkPredictions(await temporaryFolder(), 30);
});

import { expect, it } from 'vitest';

import type { StageId } from '../../src/plan/types.js';
import { openExtractor } from '../../src/stages/open-extractor.js';
import { asGraphModel, extracted, networkFixture, pixelsOf } from './extractor-rig.js';

// A file of its own, as a process has one backend.
it('a graph model finds the same features in plain JavaScript', async () => {
  const { output, notes } = await extracted(asGraphModel(), { batch_size: 2 }, 'cpu');
  expect(notes).toEqual([
    'The network finds 16 features and logits of 1,008 classes in images of 299 x 299 x 3.',
  ]);
  const extractor = await openExtractor({ stage: 'inception' as StageId, directory: output }, [8, 8, 3]);
  const { features } = extractor.of(pixelsOf(networkFixture.generated).subarray(0, 4 * 8 * 8 * 3));
  for (const [index, value] of networkFixture.features.entries())
    expect(features[index]).toBeCloseTo(value, 4);
});

import { expect, test } from 'vitest';

import { damages, failuresOfDamage, fileKinds } from './damage.js';
import { commands } from './pipelines.js';
import { referenceOf } from './rig.js';

test(
  'each kind of file, damaged in one way, is made again or told of, and nothing wrong is made of it',
  { timeout: 300_000 },
  async () => {
    const reference = await referenceOf(commands);
    // The acceptance tests try every way.
    const files = fileKinds.map((kind, index) => ({
      kind,
      how: damages[index % damages.length] ?? 'flipped',
    }));
    expect(await failuresOfDamage(reference, files)).toEqual([]);
  },
);

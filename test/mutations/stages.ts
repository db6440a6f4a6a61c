import fc from 'fast-check';

import { absurd, axis, cell, key, mostly, removedPaths, value, word } from './values.js';

type NamedStage = readonly [name: string, content: Readonly<Record<string, unknown>>];

const stageName = fc.constantFrom(
  'train',
  'quality',
  'table',
  'again',
  'gate',
  'features',
  'wgan',
  'nothing',
);
const metric = fc.constantFrom(
  'quality.swd',
  'quality.fid',
  'train.wasserstein_estimate',
  'again.swd',
  'quality',
  'nothing.swd',
  'train.__proto__',
);
const bounds = fc.dictionary(
  fc.constantFrom('min', 'max', 'min_ratio', 'max_ratio', 'min_difference', 'most'),
  absurd,
  {
    maxKeys: 2,
  },
);
const assertion = fc.oneof(
  fc.constantFrom(
    'quality.swd < 0.1',
    'quality.swd',
    '< 1',
    'train.wasserstein_estimate >= -1',
    'a < b',
    'quality.swd < 1e999',
  ),
  fc
    .tuple(
      fc.record({ metric, where: cell, versus: fc.oneof(cell, value) }, { requiredKeys: ['metric'] }),
      bounds,
    )
    .map(([subject, limits]) => ({ ...subject, ...limits })),
);
const budget = fc.dictionary(
  fc.constantFrom('generator_steps', 'critic_steps', 'images', 'epochs', 'hours'),
  absurd,
  {
    minKeys: 1,
    maxKeys: 2,
  },
);

/** A stage that reads others, by name. */
export const stage: fc.Arbitrary<NamedStage> = fc.tuple(
  stageName,
  fc.record(
    {
      type: fc.constantFrom(
        'compare',
        'gate',
        'claim',
        'report',
        'command',
        'sample',
        'evaluate',
        'train',
        'classifier',
        'extractor',
        'curves',
      ),
      extends: fc.oneof(
        stageName.map((name) => `stages.${name}`),
        fc.array(
          stageName.map((name) => `stages.${name}`),
          { maxLength: 3 },
        ),
        value,
      ),
      needs: mostly(fc.array(stageName, { maxLength: 3 })),
      across: mostly(fc.array(axis, { maxLength: 3 })),
      remove: removedPaths,
      budget: mostly(budget),
      metrics: fc.oneof(fc.array(metric, { maxLength: 3 }), value),
      assert: mostly(fc.array(assertion, { maxLength: 3 })),
      versus: mostly(cell),
      rank_by: metric,
      show: mostly(fc.array(stageName, { maxLength: 3 })),
      model: stageName,
      count: absurd,
      statement: word,
      run: fc.oneof(word, fc.array(word, { maxLength: 3 })),
      deps: fc.array(word, { maxLength: 2 }),
      inputs: mostly(fc.dictionary(key, stageName, { maxKeys: 2 })),
    },
    { requiredKeys: [] },
  ),
);

/** Stages that most of the seeds can have. */
export const soundStages: readonly NamedStage[] = [
  ['again', { extends: 'stages.train' }],
  ['again', { extends: 'stages.train', budget: { epochs: 2 } }],
  ['more', { extends: 'stages.quality', desc: 'Once more.' }],
  ['more', { extends: 'stages.quality', samples: 100, remove: ['at'] }],
  ['picture', { type: 'sample', model: 'train', count: 4, needs: ['quality'] }],
  ['table', { type: 'compare', across: ['seed'], metrics: ['quality.swd', 'train.wasserstein_estimate'] }],
  ['table', { type: 'compare', across: ['arm'], versus: { arm: 'base' }, metrics: ['quality.swd'] }],
  ['gate', { type: 'gate', across: ['seed'], assert: ['quality.swd < 0.1'] }],
  ['gate', { type: 'gate', assert: [{ metric: 'quality.swd', max: 0.1 }] }],
  ['page', { type: 'report', show: ['train', 'quality'], title: 'A page' }],
  ['plot', { type: 'command', run: 'python plot.py', inputs: { model: 'train' }, outs: ['plot.png'] }],
];

import { type Changes, gate, testLaw } from './support.js';

const arms = { ablation: { arms: { tight: { 'stages.train.clip': 0.01 } } }, seeds: [0, 1] };
const asserts = (fields: Changes) => ({
  ...arms,
  ...gate({ across: ['arm', 'seed'], assert: [{ metric: 'quality.swd', max: 1, ...fields }] }),
});

testLaw('unknown-axis', {
  keeps: [
    asserts({}),
    asserts({ where: { arm: 'tight' } }),
    {
      matrix: { axes: { clip: [0.01, 0.1] } },
      ...gate({ across: ['matrix'], assert: ['quality.swd < 1'] }, { train: { clip: '${matrix.clip}' } }),
    },
  ],
  breaks: [
    [gate({ across: ['seed'], assert: ['quality.swd < 1'] }), 'seed'],
    [{ seeds: [0, 1], ...gate({ across: ['sede'], assert: ['quality.swd < 1'] }) }, 'sede'],
    [{ seeds: [0, 1], ...gate({ across: ['matrix'], assert: ['quality.swd < 1'] }) }, 'matrix'],
    [asserts({ where: { arms: 'tight' } }), 'arms'],
  ],
});

testLaw('axis-not-collected', {
  keeps: [asserts({ where: { arm: 'base' } })],
  breaks: [
    [
      {
        ...arms,
        ...gate({ across: ['seed'], assert: [{ metric: 'quality.swd', where: { arm: 'base' }, max: 1 }] }),
      },
      'arm',
    ],
  ],
});

testLaw('unknown-axis-value', {
  keeps: [asserts({ where: { seed: 1 } }), asserts({ versus: { arm: 'base' }, max_ratio: 2 })],
  breaks: [
    [asserts({ where: { arm: 'tigt' } }), 'tigt'],
    [asserts({ where: { seed: 2 } }), '2'],
    [asserts({ versus: { arm: 'none' }, max_ratio: 2 }), 'none'],
  ],
});

testLaw('versus-seed', {
  keeps: [asserts({ where: { seed: 1 }, versus: { arm: 'base' }, max_ratio: 2 })],
  breaks: [
    [asserts({ versus: { seed: 0 }, max_ratio: 2 }), 'seed'],
    [
      {
        ...arms,
        stages: {
          table: { type: 'compare', across: ['arm', 'seed'], versus: { seed: 0 }, metrics: ['quality.swd'] },
        },
      },
      'seed',
    ],
  ],
});

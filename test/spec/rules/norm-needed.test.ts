import { type Changes, testLaw } from './support.js';

const told = (by: Changes, generator: Changes = {}): Changes => ({
  architectures: { generator },
  stages: { train: { conditional: { type: 'projection', generator: by } } },
});
const listed = (...layers: readonly Changes[]): Changes => ({
  type: 'layers_generator',
  z_dim: 2,
  hidden: undefined,
  layers: [{ type: 'dense', units: 8 }, ...layers, { type: 'dense', units: 2 }],
});

testLaw('norm-needed', {
  keeps: [
    told({ type: 'embedding' }),
    told({ type: 'norm' }, { norm: 'batch' }),
    told({ type: 'norm' }, listed({ type: 'norm', norm: 'layer' })),
    // A mistake of another kind.
    told({ type: 'norm' }, { norm: 'bacth' }),
  ],
  breaks: [
    [told({ type: 'norm' }), 'norm'],
    [told({ type: 'norm' }, listed()), 'norm'],
  ],
});

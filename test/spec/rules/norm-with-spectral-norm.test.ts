import { testLaw, train } from './support.js';

const spectral = (critic: Record<string, string>) => ({
  architectures: { critic },
  ...train({ clip: undefined, lipschitz: { type: 'spectral_norm' } }),
});

testLaw('norm-with-spectral-norm', {
  keeps: [spectral({}), spectral({ norm: 'none' }), { architectures: { critic: { norm: 'layer' } } }],
  breaks: [
    [spectral({ norm: 'layer' }), 'layer'],
    [spectral({ norm: 'batch' }), 'batch'],
  ],
});

import { testLaw, train } from './support.js';

const layers = (output: readonly number[]) =>
  train({ clip: undefined, lipschitz: { type: 'clip', range: 0.1, layers: { output } } });

testLaw('clip-range', {
  keeps: [
    layers([-1, 2]),
    train({ clip: [-0.1, 0.2] }),
    train({ clip: undefined, lipschitz: { type: 'clip', range: 0.1 } }),
  ],
  breaks: [
    [train({ clip: 0 }), '0'],
    [layers([0, 1]), '- 0\n          - 1'],
    [train({ clip: -0.1 }), '-0.1'],
    [train({ clip: [0.01, 0.1] }), '- 0.01\n      - 0.1'],
  ],
});

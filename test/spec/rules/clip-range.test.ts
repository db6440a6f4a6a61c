import { testLaw, train } from './support.js';

testLaw('clip-range', {
  keeps: [train({ clip: [-0.1, 0.2] }), train({ clip: undefined, lipschitz: { type: 'clip', range: 0.1 } })],
  breaks: [
    [train({ clip: 0 }), '0'],
    [train({ clip: -0.1 }), '-0.1'],
    [train({ clip: [0.01, 0.1] }), '- 0.01\n      - 0.1'],
  ],
});

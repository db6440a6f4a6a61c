import { testLaw, train } from './support.js';

testLaw('lipschitz-needed', {
  keeps: [train({ clip: undefined, objective: 'minimax' })],
  breaks: [
    [train({ clip: undefined }), 'wasserstein'],
    [train({ clip: undefined, lipschitz: { type: 'none' } }), 'wasserstein'],
  ],
});

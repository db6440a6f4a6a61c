import { testLaw, train } from './support.js';

testLaw('clip-without-wasserstein', {
  keeps: [],
  breaks: [
    [train({ objective: 'minimax' }), '0.1'],
    [train({ objective: 'non_saturating' }), '0.1'],
  ],
});

import { quality, testLaw, train } from './support.js';

testLaw('stage-cycle', {
  keeps: [quality({ needs: ['train'] })],
  breaks: [
    [train({ needs: ['train'] }), 'train'],
    [train({ needs: ['quality'] }), 'quality'],
  ],
});

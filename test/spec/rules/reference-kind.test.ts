import { quality, testLaw, train } from './support.js';

testLaw('wrong-reference', {
  keeps: [quality({ needs: ['train'] })],
  breaks: [
    [train({ generator: 'critic' }), 'critic'],
    [train({ critic: 'generator' }), 'generator'],
    [{ stages: { picture: { type: 'sample', model: 'quality', count: 1 } } }, 'quality'],
  ],
});

import { quality, testLaw, train } from './support.js';

testLaw('unknown-reference', {
  keeps: [train({ dataset: 'ring.test' }), train({ needs: [] })],
  breaks: [
    [train({ dataset: 'rings.train' }), 'rings.train'],
    [train({ dataset: 'ring' }), 'ring'],
    [train({ dataset: 'ring.toString' }), 'ring.toString'],
    [train({ generator: 'g' }), 'g'],
    [train({ critic: 'constructor' }), 'constructor'],
    [quality({ model: 'fit' }), 'fit'],
    [quality({ needs: ['train', 'nobody'] }), 'nobody'],
  ],
});

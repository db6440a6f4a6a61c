import { testLaw, train } from './support.js';

testLaw('nesterov-needs-momentum', {
  keeps: [
    train({ optimizer: { type: 'sgd', lr: 0.1 } }),
    train({ optimizer: { type: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true } }),
  ],
  breaks: [[train({ optimizer: { type: 'sgd', lr: 0.1, nesterov: true } }), 'true']],
});

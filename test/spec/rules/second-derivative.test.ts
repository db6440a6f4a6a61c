import { penalised, testLaw } from './support.js';

testLaw('second-derivative', {
  keeps: [
    penalised({ activation: 'relu' }),
    penalised({ activation: 'leaky_relu' }),
    { architectures: { critic: { activation: 'tanh' } } },
  ],
  breaks: [[penalised({ activation: 'tanh' }), 'tanh']],
});

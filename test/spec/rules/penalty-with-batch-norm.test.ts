import { penalised, testLaw } from './support.js';

testLaw('penalty-with-batch-norm', {
  keeps: [
    penalised({ norm: 'layer' }),
    penalised({ norm: 'none' }),
    { architectures: { critic: { norm: 'batch' } } },
  ],
  breaks: [[penalised({ norm: 'batch' }), 'batch']],
});

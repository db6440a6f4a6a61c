import { testLaw, train } from './support.js';

testLaw('momentum-with-clip', {
  keeps: [
    train({ optimizer: { type: 'adam', lr: 1e-3, beta1: 0 } }),
    train({
      optimizer: {
        type: undefined,
        lr: undefined,
        generator: { type: 'adam', lr: 1 },
        critic: { type: 'sgd', lr: 1 },
      },
    }),
    train({ clip: undefined, objective: 'minimax', optimizer: { type: 'adam', lr: 1e-3, beta1: 0.5 } }),
  ],
  breaks: [
    [train({ optimizer: { type: 'adam', lr: 1e-3, beta1: 0.5 } }), '0.5'],
    // The default of 0.9 is momentum, too.
    [train({ optimizer: { type: 'adam', lr: 1e-3 } }), 'optimizer'],
  ],
});

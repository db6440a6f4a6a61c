import { testLaw, train } from './support.js';

testLaw('clip-and-penalty', {
  keeps: [
    train({ clip: undefined, gp_lambda: 10 }),
    train({ clip: undefined, lipschitz: { type: 'gradient_penalty' } }),
  ],
  breaks: [
    [train({ gp_lambda: 10 }), 'gp_lambda'],
    [train({ lipschitz: { type: 'gradient_penalty', lambda: 10 } }), 'lipschitz'],
    [train({ clip: undefined, gp_lambda: 10, lipschitz: { type: 'clip', range: [-1, 1] } }), 'lipschitz'],
  ],
});

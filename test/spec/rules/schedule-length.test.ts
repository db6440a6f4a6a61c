import { testLaw, train } from './support.js';

const falling = { type: 'adam', lr: 1e-3, beta1: 0, schedule: { type: 'linear' } };
const adaptive = { type: 'adaptive' };

testLaw('schedule-length', {
  keeps: [
    train({ optimizer: falling }),
    train({ optimizer: falling, critic_iterations: adaptive, budget: { generator_steps: 10 } }),
    train({
      optimizer: { ...falling, schedule: { type: 'constant' } },
      budget: { generator_steps: undefined, minutes: 1 },
    }),
    train({ optimizer: falling, budget: { generator_steps: undefined, images: 100_000 } }),
  ],
  breaks: [
    [train({ optimizer: falling, budget: { generator_steps: undefined, minutes: 1 } }), 'linear'],
    [
      train({
        optimizer: falling,
        critic_iterations: adaptive,
        budget: { generator_steps: undefined, critic_steps: 10 },
      }),
      'linear',
    ],
  ],
});

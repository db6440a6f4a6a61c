import { testLaw, train } from './support.js';

const iterations = (fields: Record<string, string | number>) => train({ critic_iterations: fields });

testLaw('critic-iterations-bounds', {
  keeps: [
    train({}),
    iterations({ type: 'adaptive' }),
    iterations({ type: 'adaptive', min: 3, max: 3 }),
    iterations({ type: 'schedule', count: 5, boost: 5 }),
  ],
  breaks: [
    [iterations({ type: 'adaptive', min: 4, max: 3 }), '4'],
    [iterations({ type: 'schedule', count: 5, boost: 4 }), '4'],
    // The default is 100.
    [iterations({ type: 'schedule', count: 101 }), 'critic_iterations'],
  ],
});

import { quality, testLaw } from './support.js';

testLaw('snapshots-needed', {
  keeps: [
    quality({ at: 'end' }),
    {
      stages: {
        train: { snapshots: { every: { generator_steps: 9 } } },
        quality: { at: 'every_snapshot' },
      },
    },
  ],
  breaks: [[quality({ at: 'every_snapshot' }), 'every_snapshot']],
});

import { testLaw, train } from './support.js';

const policy = (fields: Record<string, string | number>) => train({ on_divergence: fields });

testLaw('rollback-only', {
  keeps: [
    train({}),
    policy({ action: 'mark', every: 10, max_estimate: 5 }),
    // As a resolved file says.
    policy({ action: 'mark', lr_factor: 1, attempts: 3 }),
    policy({ action: 'rollback', lr_factor: 0.5, attempts: 2 }),
  ],
  breaks: [
    [policy({ action: 'mark', lr_factor: 0.5 }), 'lr_factor'],
    [policy({ action: 'stop', attempts: 2 }), 'attempts'],
  ],
});

import { testLaw, type Changes } from './support.js';

const curves = (metric: Changes, more: Record<string, Changes> = {}): Changes => ({
  stages: { course: { type: 'curves', metrics: { it: metric } }, ...more },
});

const of = 'quality.swd';
const estimate = 'train.wasserstein_estimate';
const level = { at_most: 1 };
const snapshots = {
  train: { snapshots: { every: { generator_steps: 100 } } },
  quality: { at: 'every_snapshot' },
};
const command = { tool: { type: 'command', run: 'true', metrics: ['share'] } };

testLaw('curve-source', {
  keeps: [
    curves({ type: 'rank_correlation', of, estimate }, snapshots),
    curves({ type: 'convergence_slope', of }, snapshots),
    curves({ type: 'convergence_slope', of: estimate }),
    curves({ type: 'time_to_level', of, level }, { quality: { at: 'end' } }),
    curves({ type: 'share_of_steps', of: estimate, level }),
  ],
  breaks: [
    [curves({ type: 'rank_correlation', of, estimate }, { quality: { at: 'end' } }), of],
    [curves({ type: 'convergence_slope', of }, { quality: { at: 'end' } }), of],
    [curves({ type: 'rank_correlation', of: 'train.critic_loss', estimate }, snapshots), 'train.critic_loss'],
    [curves({ type: 'rank_correlation', of, estimate: 'quality.swd' }, snapshots), 'quality.swd'],
    [curves({ type: 'time_to_level', of: 'tool.share', level }, command), 'tool.share'],
    [
      curves(
        { type: 'rank_correlation', of, estimate: 'again.wasserstein_estimate' },
        { ...snapshots, again: { extends: 'stages.train', desc: 'Once more.' } },
      ),
      'again.wasserstein_estimate',
    ],
  ],
});

import { gate, testLaw } from './support.js';

const asserts = (metric: string) => gate({ assert: [{ metric, max: 1 }] });

testLaw('metric-unknown', {
  keeps: [
    asserts('quality.swd'),
    asserts('train.wasserstein_estimate'),
    asserts('train.critic_loss'),
    gate({ assert: ['quality.swd < 0.1'] }),
    gate(
      { assert: ['quality.modes.total_variation < 1'] },
      { quality: { metrics: { modes: { type: 'modes_covered' } } } },
    ),
    gate({ assert: ['plot.loss < 1'] }, { plot: { type: 'command', run: 'true', metrics: ['loss'] } }),
  ],
  breaks: [
    [asserts('quality.swdd'), 'quality.swdd'],
    [asserts('quality'), 'quality'],
    [asserts('train.js_estimate'), 'train.js_estimate'],
    [gate({ assert: ['quality.fid < 40'] }), 'quality.fid < 40'],
    [
      gate({ assert: [{ metric: 'quality.swd', versus: { metric: 'quality.fid' }, max_ratio: 1 }] }),
      'quality.fid',
    ],
    [{ stages: { table: { type: 'compare', metrics: ['quality.swd'], rank_by: 'quality.w' } } }, 'quality.w'],
    [{ stages: { table: { type: 'compare', metrics: ['table.swd'] } } }, 'table.swd'],
  ],
});

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { basePipeline, changed, type Tree } from './base-pipeline.js';
import { diagnosticsOf, resolveText, sourceOf } from './support.js';

const base = parse(basePipeline) as Tree;
const parts = {
  clip: { 'stages.train.clip': 0.01 },
  batch: { 'stages.train.batch_size': 32 },
  steps: { 'stages.train.critic_iterations': 1 },
};

function armsOf(ablation: Tree) {
  const resolved = resolveText(sourceOf(changed(base, { ablation })));
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error));
  return resolved.value.experiments.map(({ axes, spec }) => {
    const { train } = spec.stages;
    if (train?.type !== 'train') throw new Error('no train stage');
    const { lipschitz, batch_size: batch, critic_iterations: steps } = train;
    return [
      axes['arm'],
      lipschitz.type === 'clip' ? lipschitz.range[1] : 0,
      batch,
      steps.type === 'constant' && steps.count,
    ];
  });
}

describe('leave_one_out', () => {
  it('is all changes together, and all but one, for each of them', () => {
    expect(armsOf({ leave_one_out: parts })).toEqual([
      ['base', 0.1, 128, 5],
      ['all', 0.01, 32, 1],
      ['without_clip', 0.1, 32, 1],
      ['without_batch', 0.01, 128, 1],
      ['without_steps', 0.01, 32, 5],
    ]);
  });

  it('stands beside arms of their own', () => {
    const { clip, batch } = parts;
    expect(armsOf({ arms: { clip }, leave_one_out: { clip, batch } }).map(([arm]) => arm)).toEqual([
      'base',
      'clip',
      'all',
      'without_clip',
      'without_batch',
    ]);
  });

  it('needs two changes at least, and other names than its own arms', () => {
    const codes = (ablation: Tree) => diagnosticsOf(changed(base, { ablation })).map(({ code }) => code);
    expect(codes({ leave_one_out: { clip: parts.clip } })).toEqual(['wrong-size']);
    expect(codes({ arms: { all: parts.clip }, leave_one_out: parts })).toEqual(['duplicate-cell']);
    expect(codes({ match: 'images' })).toEqual(['missing-key']);
  });
});

import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { loadPipeline } from '../src/cli/load-pipeline.js';
import { renderDiagnostics } from '../src/diagnostics/render.js';
import { planExperiments } from '../src/plan/plan.js';
import { world } from './plan/support.js';

const directory = join(import.meta.dirname, 'fixtures/language/pipelines');

/** The five files that the grammar was decided by, with the stages of each. */
const examples: readonly (readonly [file: string, stages: Readonly<Record<string, number>>])[] = [
  ['mnist-wgan.yaml', { 'dataset:mnist': 1, train: 1, quality: 1 }],
  ['mnist-constraints.yaml', { 'dataset:mnist': 1, train: 20, features: 1, quality: 20, table: 1, gate: 1 }],
  ['clip-sweep.yaml', { 'dataset:ring': 1, train: 45, quality: 45, table: 1 }],
  [
    'paper/no-batch-norm.yaml',
    {
      'dataset:mnist': 1,
      features: 1,
      wgan: 6,
      gan: 6,
      wgan_quality: 6,
      gan_quality: 6,
      better_without_batch_norm: 2,
    },
  ],
  ['text.yaml', { 'dataset:corpus': 1, train: 1, quality: 1, lines: 1, gate: 1 }],
];

describe.each(examples)('%s', (file, stages) => {
  it('has no findings, and is planned', async () => {
    const loaded = await loadPipeline(file, [], { directory, environment: {} });
    if (!loaded.ok) throw new Error(renderDiagnostics(loaded.error));
    expect(renderDiagnostics(loaded.value.warnings)).toBe('');
    const planned = await planExperiments(loaded.value.experiments, world());
    if (!planned.ok) throw new Error(renderDiagnostics(planned.error));
    const counts: Record<string, number> = {};
    for (const { id } of planned.value.plan.stages) {
      const [name = ''] = id.split('@');
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(counts).toEqual(stages);
  });
});

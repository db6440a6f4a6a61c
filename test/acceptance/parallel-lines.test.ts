import { join } from 'node:path';

import { expect, it } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { keyResults } from '../../src/report/key-results.js';
import { temporaryFolder } from '../files/support.js';
import { latestRun, root, runPipeline } from './support.js';

/** What arXiv 1701.07875 says of Example 1, in numbers; see docs/metrics.md, `analytic_distances`. */
it('pipelines/parallel-lines.yaml is figure 1 of the paper', { timeout: 300_000 }, async () => {
  const runs = await temporaryFolder();
  await runPipeline(join(root, 'pipelines/parallel-lines.yaml'), runs, { flags: ['-j', '2'] });
  const results = keyResults((await latestRun(runs)).record);
  const valueOf = (stage: string, cell: string, metric: string): number =>
    required(
      results.find((result) => result.stage === stage && result.cell === cell && result.metric === metric),
      `${stage}@${cell}.${metric}`,
    ).final.value;
  const estimates = (arm: string, metric: string) =>
    [-1, -0.5, 0, 0.5, 1].map((theta) => {
      const cell = `arm=${arm},theta=${theta}`;
      const w1 = valueOf('distances', cell, 'analytic.w1');
      expect(w1).toBe(Math.abs(theta));
      return [w1, valueOf('estimate', cell, metric)] as const;
    });

  // The estimate grows with W: by the critic's slope, which is 1 under the penalty, and whatever it is between clipped weights.
  const clipped = throughZero(estimates('base', 'wasserstein_estimate'));
  expect(clipped.r2).toBeGreaterThanOrEqual(0.97);
  expect(clipped.slope).toBeGreaterThan(0.02);
  const penalised = throughZero(estimates('penalty', 'wasserstein_estimate'));
  expect(penalised.r2).toBeGreaterThanOrEqual(0.99);
  expect(penalised.slope).toBeGreaterThan(0.9);
  expect(penalised.slope).toBeLessThan(1.15);

  // A discriminator says log 2 at any distance.
  for (const [w1, js] of estimates('gan', 'js_estimate')) {
    expect(Math.abs(js - (w1 === 0 ? 0 : Math.LN2))).toBeLessThan(0.01);
  }

  // W leads theta to 0, and JS nowhere.
  expect(valueOf('landed', 'arm=base', 'analytic.w1')).toBeLessThanOrEqual(0.1);
  expect(valueOf('landed', 'arm=penalty', 'analytic.w1')).toBeLessThanOrEqual(0.1);
  expect(valueOf('landed', 'arm=gan', 'analytic.w1')).toBeGreaterThanOrEqual(0.95);
  expect(valueOf('landed', 'arm=gan', 'analytic.kl')).toBe(Infinity);
});

/** The line through the origin by least squares, and the share of the variance that it explains. */
function throughZero(points: readonly (readonly [x: number, y: number])[]) {
  const sum = (of: (x: number, y: number) => number) => points.reduce((total, [x, y]) => total + of(x, y), 0);
  const slope = sum((x, y) => x * y) / sum((x) => x * x);
  const mean = sum((_, y) => y) / points.length;
  return { slope, r2: 1 - sum((x, y) => (y - slope * x) ** 2) / sum((_, y) => (y - mean) ** 2) };
}

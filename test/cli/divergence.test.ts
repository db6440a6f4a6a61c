import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { newProject } from './support.js';

/** Of two cells one explodes within a few steps. */
const pipeline = (policy: string) => `version: 1
name: stability
datasets:
  ring: {type: gaussian_mixture, layout: ring, modes: 8, splits: {train: 400, test: 100}}
architectures:
  generator: {type: mlp_generator, z_dim: 2, hidden: [16]}
  critic: {type: mlp_critic, hidden: [16]}
matrix: {axes: {rate: [0.001, 2]}}
stages:
  train:
    type: train
    dataset: ring.train
    generator: generator
    critic: critic
    objective: wasserstein
    critic_iterations: 2
    clip: 1000
    optimizer: {type: sgd, lr: '\${matrix.rate}'}
    batch_size: 16
    budget: {generator_steps: 30}
    on_divergence: ${policy}
  quality:
    type: evaluate
    model: train
    reference: ring.test
    samples: 100
    metrics: {swd: {type: sliced_wasserstein}}
  all_done: {type: command, run: 'echo well > $WASSERMILL_OUT/done', needs: [train]}
`;

const file = ['stability.yaml', '--backend', 'cpu'] as const;

interface Row {
  readonly id: string;
  readonly runs: boolean;
  readonly diverged?: string;
}

describe('a sweep of which a cell diverges', () => {
  test('is a success where that is a result, which is told everywhere and found again', async () => {
    const project = await newProject({ 'stability.yaml': pipeline('{action: mark, max_estimate: 1000}') });
    const first = await project.wassermill(['run', ...file]);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(
      /✗ train@rate=2 {2,}diverged at generator step \d: the wasserstein_estimate is/,
    );
    expect(first.stdout).toMatch(/– quality@rate=2 {2,}not run: train@rate=2 diverged/);
    expect(first.stdout).toMatch(/✓ quality@rate=0\.001/);
    expect(first.stdout).toMatch(/✓ all_done/);
    expect(first.stdout).toMatch(/Succeeded in .*: \d of \d stages done, 1 diverged/);
    // The last number before an explosion is no result.
    expect(first.stdout).not.toMatch(/train@rate=2\.wasserstein_estimate/);
    const report = /Report {2}(.*)/.exec(first.stdout)?.[1] ?? '';
    expect(await readFile(join(project.folder, report), 'utf8')).toMatch(/diverged at generator step \d/);

    const plan = await project.wassermill(['plan', ...file, '--json']);
    const { stages, counts } = JSON.parse(plan.stdout) as { stages: readonly Row[]; counts: object };
    expect(counts).toMatchObject({ run: 0, unread: 1 });
    expect(stages.find(({ id }) => id === 'quality@rate=2')).toMatchObject({
      runs: false,
      diverged: 'train@rate=2',
    });
    expect((await project.wassermill(['plan', ...file])).stdout).toContain('not run: train@rate=2 diverged');

    const again = await project.wassermill(['run', ...file]);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('nothing to run');
    const reproduced = await project.wassermill(['reproduce']);
    expect(reproduced.stdout).toContain('Reproduced to the last bit');
    expect(reproduced.code).toBe(0);
    await project.remove();
  });

  test('is a failure where it is to stop, with what it came to and what can be done', async () => {
    const project = await newProject({ 'stability.yaml': pipeline('{action: stop, max_estimate: 1000}') });
    const { code, stdout } = await project.wassermill(['run', ...file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ train@rate=2 +diverged at generator step \d/);
    expect(stdout).toMatch(/the wasserstein_estimate is .*, beyond 1,000/);
    expect(stdout).toContain('Lower the learning rates');
    await project.remove();
  });

  test('goes back where it is to, and its curve has each step once', async () => {
    const policy = '{action: rollback, max_estimate: 1000, every: 5, lr_factor: 0.01}';
    const project = await newProject({ 'stability.yaml': pipeline(policy) });
    const { code, stdout } = await project.wassermill(['run', ...file, '--json']);
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; event?: { type: string } });
    expect(events.filter(({ event }) => event?.type === 'rolled_back')).toHaveLength(1);
    const show = await project.wassermill(['show']);
    expect(show.stdout).toMatch(/✓ train@rate=2/);
    await project.remove();
  });
});

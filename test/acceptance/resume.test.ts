import { randomInt } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { seededRandom, temporaryFolder } from '../files/support.js';
import { smallPipelines } from './small-pipelines.js';
import { latestRun, run, runPipeline, start, wassermill, type FinishedRun } from './support.js';

describe.each(Object.entries(smallPipelines(20)))('%s', (_, write) => {
  it('goes on after kill -9 to the same bits, and can be reproduced', { timeout: 300_000 }, async () => {
    const folder = await temporaryFolder();
    const pipeline = await write(folder);
    const runs = join(folder, 'runs');
    const flags = ['--runs', runs, '--backend', 'native'];
    const proof = await run([...wassermill, 'verify-resume', pipeline, '--steps', '40', ...flags]);
    expect(proof.stdout).toContain('resumed   from the checkpoint at 20, made 20 generator steps\n');
    expect(proof.stdout).toMatch(/^Equal to the last bit: /m);

    await runPipeline(pipeline, runs, { flags: ['--backend', 'native'] });
    const reproduced = await run([...wassermill, 'reproduce', '--runs', runs]);
    expect(reproduced.stdout).toMatch(/\nReproduced to the last bit\.\n$/);
  });
});

it('a run killed fifty times ends as one that was not', { timeout: 1_800_000 }, async () => {
  const seed = Number(process.env['WASSERMILL_TEST_SEED'] ?? randomInt(2 ** 31));
  console.log(`WASSERMILL_TEST_SEED=${seed}`);
  const random = seededRandom(seed);
  const folder = await temporaryFolder();
  const pipeline = join(folder, 'ring.yaml');
  await writeFile(pipeline, ring);
  const straightRuns = join(folder, 'straight');
  await runPipeline(pipeline, straightRuns, { flags });
  const straight = await latestRun(straightRuns);
  const began = straight.record.stages.find(({ stage }) => stage.id === 'train')?.metrics[0]?.timestamp;
  // From the start of the process to the first step, about.
  const ahead = required(began, 'the first step') - straight.record.start.time + 300;

  const runs = join(folder, 'runs');
  for (let kills = 0; kills < 50; kills += 1) {
    const started = start([...wassermill, 'run', pipeline, '--runs', runs, ...flags], { cwd: folder });
    // Before, while and after everything is loaded; the training comes some steps further now and then.
    await Promise.race([started.ended, wait(2 * ahead * random())]);
    started.signal('SIGKILL');
    expect((await started.ended).signal, `kill ${kills}`).toBe('SIGKILL');
  }
  await runPipeline(pipeline, runs, { flags });
  const last = await latestRun(runs);
  expect(notesOf(last)).toEqual([expect.stringMatching(/^Resumed at generator step [\d,]+ of 12,000\.$/)]);
  expect(resultsOf(last)).toEqual(resultsOf(straight));
  expect(historyOf(last)).toEqual(historyOf(straight));
  for (const place of ['drafts', 'checkpoints'])
    expect(await readdir(join(runs, 'store', place))).toEqual([]);
});

const flags = ['--backend', 'native', '--checkpoint-every', '10'];

const resultsOf = ({ artifacts }: FinishedRun) =>
  Object.fromEntries(Object.entries(artifacts).map(([stage, { digest }]) => [stage, digest]));

const notesOf = ({ record }: FinishedRun) =>
  record.stages.flatMap(({ notes }) => notes.map(({ message }) => message));

const historyOf = ({ record }: FinishedRun) =>
  record.stages.map(({ stage, metrics }) => [stage.id, metrics.map(({ step, values }) => [step, values])]);

/** A training of about a minute. */
const ring = `
version: 1
name: ring
datasets:
  ring: { type: gaussian_mixture, layout: ring, modes: 8, splits: { train: 1000 } }
architectures:
  generator: { type: mlp_generator, z_dim: 2, hidden: [8] }
  critic: { type: mlp_critic, hidden: [8] }
stages:
  train:
    type: train
    dataset: ring.train
    generator: generator
    critic: critic
    objective: wasserstein
    critic_iterations: 1
    clip: 0.1
    optimizer: { type: rmsprop, lr: 1e-3 }
    batch_size: 32
    budget: { generator_steps: 12000 }
    snapshots: { every: { generator_steps: 1000 } }
  picture: { type: sample, model: train, count: 16 }
`;

import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A project to run, by the texts of its files; `pipeline.yaml` is the one that is run. */
export type Project = Readonly<Record<string, string>>;

export const runArguments = ['run', 'pipeline.yaml', '--backend', 'cpu'];

export async function makeProject(folder: string, project: Project): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(project)) {
    await writeFile(join(folder, name), text);
    // Old enough for its digest to be remembered.
    await utimes(join(folder, name), 1e9, 1e9);
  }
}

/** Two programs, one after the other: all that the scheduler does, in a fraction of a second. */
export const commands: Project = {
  letter: 'hey\n',
  'pipeline.yaml': `version: 1
name: commands
datasets: {}
architectures: {}
stages:
  first:
    type: command
    run: 'cat letter > $WASSERMILL_OUT/text; mkdir $WASSERMILL_OUT/folder; echo more > $WASSERMILL_OUT/folder/file'
    deps: [letter]
    outs: [text]
  second:
    type: command
    run: 'wc -c < $WASSERMILL_IN_BEFORE/text > $WASSERMILL_OUT/size; echo "{\\"size\\": 4}" > $WASSERMILL_OUT/metrics.json'
    inputs: {before: first}
    metrics: [size]
`,
};

/** Three workers: a dataset, a training of a few steps with snapshots, an evaluation. */
export const training: Project = {
  'pipeline.yaml': `version: 1
name: training
datasets:
  ring: {type: gaussian_mixture, layout: ring, modes: 4, splits: {train: 64, test: 32}}
architectures:
  generator: {type: mlp_generator, z_dim: 2, hidden: [4]}
  critic: {type: mlp_critic, hidden: [4]}
stages:
  train:
    type: train
    dataset: ring.train
    generator: generator
    critic: critic
    objective: wasserstein
    critic_iterations: 1
    clip: 0.1
    optimizer: {type: rmsprop, lr: 1e-3}
    batch_size: 8
    budget: {generator_steps: 4}
    snapshots: {every: {generator_steps: 2}}
  quality:
    type: evaluate
    model: train
    reference: ring.test
    samples: 16
    metrics: {swd: {type: sliced_wasserstein, projections: 4}}
`,
};

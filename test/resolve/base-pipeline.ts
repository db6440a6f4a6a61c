import { stringify } from 'yaml';

/** A sound pipeline in YAML, to be changed by the tests. */
export const basePipeline = `version: 1
name: base
datasets:
  ring: {type: gaussian_mixture, layout: ring, modes: 8, splits: {train: 50000, test: 2000}}
architectures:
  generator: {type: mlp_generator, z_dim: 2, hidden: [64, 64]}
  critic: {type: mlp_critic, hidden: [64, 64]}
stages:
  train:
    type: train
    dataset: ring.train
    generator: generator
    critic: critic
    objective: wasserstein
    critic_iterations: 5
    clip: 0.1
    optimizer: {type: rmsprop, lr: 1e-3}
    batch_size: 128
    budget: {generator_steps: 1200}
  quality:
    type: evaluate
    model: train
    reference: ring.test
    samples: 2000
    metrics:
      swd: {type: sliced_wasserstein}
`;

type Value = null | boolean | number | string | readonly Value[] | Tree;
export interface Tree {
  readonly [key: string]: Value | undefined;
}

/**
 * The pipeline with changes merged into it: maps merge, everything else replaces, `undefined` removes. A map whose
 * `type` changes is replaced whole.
 */
export function changed(base: Tree, changes: Tree): string {
  return stringify(merge(base, changes));
}

function merge(base: Tree, changes: Tree): Tree {
  const result: Record<string, Value> = {};
  for (const [key, value] of Object.entries(base)) if (value !== undefined) result[key] = value;
  for (const [key, value] of Object.entries(changes)) {
    const before = result[key];
    if (value === undefined) Reflect.deleteProperty(result, key);
    else
      result[key] = isTree(before) && isTree(value) && sameType(before, value) ? merge(before, value) : value;
  }
  return result;
}

function sameType(before: Tree, after: Tree): boolean {
  return after['type'] === undefined || after['type'] === before['type'];
}

function isTree(value: Value | undefined): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

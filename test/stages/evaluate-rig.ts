import { readFile } from 'node:fs/promises';

import type { MetricIdentity } from '../../src/base/metric-identity.js';
import type { StageEvent } from '../../src/execute/contract.js';
import type { StageId } from '../../src/plan/types.js';
import type { CriticSpec, GeneratorSpec } from '../../src/spec/architectures.js';
import type { RunnableFields } from '../../src/spec/runnable.js';
import { runEvaluate } from '../../src/stages/evaluate.js';
import { writeModelManifest, writeSnapshot } from '../../src/stages/model-artifact.js';
import { generatorNetwork } from '../../src/tensor/architectures.js';
import * as tf from '../../src/tensor/tf.js';
import { noCheckpoints } from '../execute/support.js';
import { temporaryFolder } from './dataset-rig.js';

const generator: GeneratorSpec = {
  type: 'mlp_generator',
  z_dim: 3,
  hidden: [4],
  activation: 'relu',
  norm: 'none',
};
const critic: CriticSpec = { type: 'mlp_critic', hidden: [4], activation: 'relu', norm: 'none' };

/** A model whose generator makes the same point from any noise: all weights zero, the last bias the point. */
export async function constantModel(
  points: Readonly<Record<number, readonly [number, number]>>,
  average?: readonly [number, number],
): Promise<string> {
  const directory = await temporaryFolder();
  const network = generatorNetwork(generator, [2]);
  if (!network.ok) throw new Error(network.error);
  const snapshots = Object.entries(points).map(([step, point]) => ({ step: Number(step), point }));
  for (const { step, point } of snapshots) {
    const weightsFor = (made: readonly [number, number]) =>
      Object.fromEntries(
        network.value.parameters.map(({ name, shape }) => [
          name,
          shape.length === 1 && shape[0] === 2 ? tf.tensor1d([...made]) : tf.zeros([...shape]),
        ]),
      );
    const averaged = average && { average: weightsFor(average) };
    const weights = { generator: weightsFor(point), critic: {}, ...averaged };
    await writeSnapshot(directory, step, weights);
    tf.dispose(weights);
  }
  await writeModelManifest(directory, {
    generator,
    critic,
    shape: [2],
    average: average !== undefined,
    snapshots: snapshots.map(({ step }) => step),
    generator_steps: snapshots.at(-1)?.step ?? 0,
  });
  return directory;
}

interface Evaluated {
  readonly events: readonly StageEvent[];
  readonly written: unknown;
  readonly identities: Readonly<Record<string, MetricIdentity>>;
}

export async function evaluated(
  model: string,
  reference: string,
  fields: Partial<RunnableFields['evaluate']> = {},
  extractor?: string,
): Promise<Evaluated> {
  const output = await temporaryFolder();
  const events: StageEvent[] = [];
  await runEvaluate({
    stage: 'quality' as StageId,
    fields: {
      at: 'end',
      weights: 'average',
      samples: 100,
      metrics: { modes: { type: 'modes_covered' } },
      seed: 0,
      threads: 1,
      ...fields,
    },
    inputs: {
      model: { stage: 'train' as StageId, directory: model },
      reference: { stage: 'dataset:ring' as StageId, directory: reference, split: 'test' },
      'against.copied': { stage: 'dataset:ring' as StageId, directory: reference, split: 'test' },
      ...(extractor !== undefined && { extractor: { stage: 'features' as StageId, directory: extractor } }),
    },
    output,
    backend: extractor === undefined ? 'cpu' : 'native',
    now: () => 1_000,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    checkpoints: noCheckpoints,
  });
  const { identities, snapshots: written } = JSON.parse(await readFile(`${output}/metrics.json`, 'utf8')) as {
    identities: Evaluated['identities'];
    snapshots: unknown;
  };
  return { events, written, identities };
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { invariant, required } from '../base/invariant.js';
import type { CriticSpec, GeneratorSpec } from '../spec/architectures.js';
import type { ConditionalSpec } from '../spec/conditional.js';
import { conditionOf, generatorNetwork } from '../tensor/architectures.js';
import type { ClassCounts } from '../tensor/classes.js';
import { type GraphModel, graphModelOf } from '../tensor/exported/graph-model.js';
import type { Network, Weights } from '../tensor/network.js';
import type { AdversarialModel } from '../tensor/steps.js';
import type { Vocabulary } from './datasets/vocabulary.js';
import { readWeights, writeWeights } from './weights-files.js';

/**
 * What a training's artifact holds: this file (`networks.json`), and for each snapshot a folder
 * `snapshots/step-000600` with `generator.json` and `critic.json`, and their weights beside them: graph models of TensorFlow.js (see
 * weights-files.ts); and that of `average` where the training keeps one of the generator.
 */
export interface ModelManifest {
  readonly generator: GeneratorSpec;
  readonly critic: CriticSpec;
  /** Of one sample: [2], [height, width, channels] in [-1, 1], or [length, tokens]. */
  readonly shape: readonly number[];
  /** Of a generator of text. */
  readonly vocabulary?: Vocabulary;
  /** Of networks that are told classes. */
  readonly conditional?: ConditionalSpec & {
    /** Samples of each class that the training had. */
    readonly classes: ClassCounts;
  };
  /** Whether there is a moving average of the generator's weights. */
  readonly average: boolean;
  /** Generator steps of each snapshot, ascending: from 0, the untrained networks, to the end of training. */
  readonly snapshots: readonly number[];
  /** How many there were in all: what a budget on the clock came to. */
  readonly generator_steps: number;
}

const manifestFile = 'networks.json';

export async function writeModelManifest(directory: string, manifest: ModelManifest): Promise<void> {
  await writeFile(join(directory, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

export async function readModelManifest(directory: string): Promise<ModelManifest> {
  // The cache compared the file's digest with its marker: it is what we wrote.
  return JSON.parse(await readFile(join(directory, manifestFile), 'utf8')) as ModelManifest;
}

/** `000600`: names of snapshots sort as their steps do, up to a million. */
export function stepName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/** Of a snapshot, relative to the artifact's folder. */
export function snapshotFolder(step: number): string {
  return `snapshots/${stepName(step)}`;
}

interface SnapshotWeights extends Readonly<Record<'generator' | 'critic', Weights>> {
  readonly average?: Weights;
}

/** Both networks as graphs; undefined on a backend that makes none. */
export type NetworkGraphs = Readonly<Record<'generator' | 'critic', GraphModel | undefined>>;

/** Takes as long as a few iterations of a training. */
export function graphsOf({
  generator,
  critic,
  classes,
}: Pick<AdversarialModel, 'generator' | 'critic' | 'classes'>): NetworkGraphs {
  return {
    generator: graphModelOf(generator, { input: 'latent', output: 'samples' }, classes?.length),
    critic: graphModelOf(critic, { input: 'samples', output: 'scores' }, classes?.length),
  };
}

/** Both networks after a number of generator steps. */
export async function writeSnapshot(
  directory: string,
  step: number,
  networks: SnapshotWeights,
  graphs?: NetworkGraphs,
): Promise<void> {
  const folder = join(directory, snapshotFolder(step));
  await mkdir(folder, { recursive: true });
  const { generator, critic, average } = networks;
  await writeWeights(folder, 'generator', generator, graphs?.generator);
  await writeWeights(folder, 'critic', critic, graphs?.critic);
  if (average !== undefined) await writeWeights(folder, 'average', average, graphs?.generator);
}

/** A generator out of an artifact. */
export interface LoadedGenerator {
  readonly network: Network;
  /** What the network was declared as. */
  readonly generator: GeneratorSpec;
  /** Tensors, to be disposed of with `tf.dispose` or the process. */
  readonly weights: Weights;
  /** Of a generator of text. */
  readonly vocabulary: Vocabulary | undefined;
  /** Of a generator that is told classes: as many of each as there were in its training. */
  readonly classes: ClassCounts | undefined;
  /** Generator steps that it was trained for. */
  readonly step: number;
}

/** Which of a generator's weights: its moving average, where there is one, or always its own. */
export type WeightsChoice = 'average' | 'last';

/**
 * The generator as it was after `step` generator steps, one of the manifest's snapshots, or at the end of
 * training. A backend must have been loaded.
 */
export async function loadGenerator(
  directory: string,
  step: number | 'end',
  choice: WeightsChoice = 'average',
): Promise<LoadedGenerator> {
  const { generator, shape, snapshots, vocabulary, average, conditional } =
    await readModelManifest(directory);
  const wanted = step === 'end' ? required(snapshots.at(-1), 'a snapshot') : step;
  invariant(snapshots.includes(wanted), `there is no snapshot of step ${wanted} in ${directory}`);
  const classes = conditional?.classes;
  const network = generatorNetwork(
    generator,
    shape,
    conditional && conditionOf(conditional, conditional.classes.length),
  );
  invariant(network.ok, `the generator of ${directory} cannot be built`);
  const folder = join(directory, snapshotFolder(wanted));
  const weights = await readWeights(folder, average && choice === 'average' ? 'average' : 'generator');
  return { network: network.value, generator, weights, vocabulary, classes, step: wanted };
}

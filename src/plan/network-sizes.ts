import { required } from '../base/invariant.js';
import { placedCritic, placedGenerator } from '../networks/architectures.js';
import { conditionOf } from '../networks/conditions.js';
import type { PlacedNetwork } from '../networks/placed-layers.js';
import type { SampleShape } from '../networks/shape.js';
import { directionsIn, sizeOfNetwork } from '../networks/size.js';
import type { DatasetSpec } from '../spec/datasets.js';
import type { FieldsByKind } from '../spec/fields.js';
import { declaredClasses, sampleShape, wholeShape } from '../spec/sample-shape.js';
import type { Plan, StageId } from './types.js';

/** What a network comes to. */
export interface NetworkFigures {
  readonly parameters: number;
  /** Of one sample's forward pass; see `NetworkSize`. */
  readonly multiplyAdds: number;
  /** Twice as many: a product and a sum. */
  readonly flops: number;
  /**
   * Bytes of what a training remembers of it: weights, what the optimiser keeps beside each, the directions of spectral norm, and the
   * moving average; 4 bytes a number. What a step computes in between is not in it.
   */
  readonly memoryBytes: number;
}

/** Of a dataset's samples. */
export interface KnownSamples {
  readonly shape: SampleShape;
  /** Undefined where they have no labels, or it is not known how many there are. */
  readonly classes: number | undefined;
}

/** Of a train stage: both networks; or the dataset that has to run before the shape of samples is known. */
export type TrainedNetworks =
  { readonly generator: NetworkFigures; readonly critic: NetworkFigures } | { readonly waitsFor: StageId };

type TrainFields = FieldsByKind['train'];

/**
 * How large the networks of each train stage are, by arithmetic alone. Where they do not suit the samples, the stage is left out: it
 * says so when it runs.
 * @param found Of datasets, what is known of samples from elsewhere than the specification.
 */
export function networksOfPlan(
  { stages }: Pick<Plan, 'stages'>,
  found: ReadonlyMap<StageId, KnownSamples> = new Map(),
): ReadonlyMap<StageId, TrainedNetworks> {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  // Most variants train the same networks.
  const known = new Map<string, TrainedNetworks | undefined>();
  const networksOf = (fields: TrainFields, samples: KnownSamples): TrainedNetworks | undefined => {
    const { generator, critic, optimizer, lipschitz, average, conditional } = fields;
    const told = conditional && [conditional, samples.classes];
    const alike = JSON.stringify([
      generator,
      critic,
      optimizer,
      lipschitz.type,
      average,
      samples.shape,
      told ?? null,
    ]);
    if (!known.has(alike)) known.set(alike, figuresOf(fields, samples));
    return known.get(alike);
  };
  return new Map(
    stages.flatMap((stage): (readonly [StageId, TrainedNetworks])[] => {
      if (stage.kind !== 'train') return [];
      const id = required(stage.inputs[0], 'the dataset of a train stage').stage;
      const dataset = required(byId.get(id), `stage ${id}`);
      const samples =
        found.get(id) ?? (dataset.kind === 'dataset' ? declaredSamples(dataset.fields) : undefined);
      const lacksClasses = stage.fields.conditional !== undefined && samples?.classes === undefined;
      if (!samples || lacksClasses) return [[stage.id, { waitsFor: id }]];
      const networks = networksOf(stage.fields, samples);
      return networks ? [[stage.id, networks]] : [];
    }),
  );
}

function declaredSamples(dataset: DatasetSpec): KnownSamples | undefined {
  const kind = sampleShape(dataset);
  const shape = kind && wholeShape(kind);
  return shape && { shape, classes: declaredClasses(dataset) };
}

function figuresOf(
  fields: TrainFields,
  { shape, classes: inSamples }: KnownSamples,
): TrainedNetworks | undefined {
  const { conditional } = fields;
  const classes = conditional && required(inSamples, 'the number of classes');
  const condition = conditional && classes !== undefined ? conditionOf(conditional, classes) : undefined;
  const generator = placedGenerator(fields.generator, shape, condition);
  const critic = placedCritic(fields.critic, shape, classes);
  if (!generator.ok || !critic.ok) return undefined;
  const { optimizer, lipschitz, average } = fields;
  return {
    generator: figures(generator.value, copiesOf(optimizer.generator) + (average ? 1 : 0), 0),
    critic: figures(
      critic.value,
      copiesOf(optimizer.critic),
      lipschitz.type === 'spectral_norm' ? directionsIn(critic.value) : 0,
    ),
  };
}

/** @param copies Of the weights, themselves included. */
function figures(network: PlacedNetwork, copies: number, buffers: number): NetworkFigures {
  const { parameters, multiplyAdds } = sizeOfNetwork(network);
  return {
    parameters,
    multiplyAdds,
    flops: 2 * multiplyAdds,
    memoryBytes: 4 * (copies * parameters + buffers),
  };
}

/** A weight, and what its optimiser keeps beside it; tests hold that to the optimisers. */
function copiesOf(optimizer: TrainFields['optimizer']['critic']): number {
  switch (optimizer.type) {
    case 'rmsprop':
      return 2;
    case 'adam':
    case 'adamw':
      return 3;
    case 'sgd':
      return optimizer.momentum === 0 ? 1 : 2;
  }
}

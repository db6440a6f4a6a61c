import { required } from '../base/invariant.js';
import { placedCritic, placedGenerator } from '../networks/architectures.js';
import type { PlacedNetwork } from '../networks/placed-layers.js';
import type { SampleShape } from '../networks/shape.js';
import { directionsIn, sizeOfNetwork } from '../networks/size.js';
import type { DatasetSpec } from '../spec/datasets.js';
import type { FieldsByKind } from '../spec/fields.js';
import { sampleShape, wholeShape } from '../spec/sample-shape.js';
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

/** Of a train stage: both networks; or the dataset that has to run before the shape of samples is known. */
export type TrainedNetworks =
  { readonly generator: NetworkFigures; readonly critic: NetworkFigures } | { readonly waitsFor: StageId };

type TrainFields = FieldsByKind['train'];

/**
 * How large the networks of each train stage are, by arithmetic alone. Where they do not suit the samples, the stage is left out: it
 * says so when it runs.
 * @param shapes Of the samples of datasets, where they are known from elsewhere than the specification.
 */
export function networksOfPlan(
  { stages }: Pick<Plan, 'stages'>,
  shapes: ReadonlyMap<StageId, SampleShape> = new Map(),
): ReadonlyMap<StageId, TrainedNetworks> {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  // Most variants train the same networks.
  const known = new Map<string, TrainedNetworks | undefined>();
  const networksOf = (fields: TrainFields, shape: SampleShape): TrainedNetworks | undefined => {
    const { generator, critic, optimizer, lipschitz, average } = fields;
    const alike = JSON.stringify([generator, critic, optimizer, lipschitz.type, average, shape]);
    if (!known.has(alike)) known.set(alike, figuresOf(fields, shape));
    return known.get(alike);
  };
  return new Map(
    stages.flatMap((stage): (readonly [StageId, TrainedNetworks])[] => {
      if (stage.kind !== 'train') return [];
      const id = required(stage.inputs[0], 'the dataset of a train stage').stage;
      const dataset = required(byId.get(id), `stage ${id}`);
      const shape =
        shapes.get(id) ?? (dataset.kind === 'dataset' ? declaredShape(dataset.fields) : undefined);
      if (!shape) return [[stage.id, { waitsFor: id }]];
      const networks = networksOf(stage.fields, shape);
      return networks ? [[stage.id, networks]] : [];
    }),
  );
}

function declaredShape(dataset: DatasetSpec): SampleShape | undefined {
  const shape = sampleShape(dataset);
  return shape && wholeShape(shape);
}

function figuresOf(fields: TrainFields, shape: SampleShape): TrainedNetworks | undefined {
  const generator = placedGenerator(fields.generator, shape);
  const critic = placedCritic(fields.critic, shape);
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

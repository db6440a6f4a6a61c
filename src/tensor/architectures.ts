import { ok, type Result } from '../base/result.js';
import {
  type CriticOptions,
  type GeneratorOptions,
  placedCritic,
  placedGenerator,
} from '../networks/architectures.js';
import type { SampleShape } from '../networks/shape.js';
import { conditionOf, type GeneratorCondition } from '../networks/conditions.js';
import { networkOf } from './layers.js';
import type { Network } from './network.js';

export { conditionOf };

/** See `placedGenerator`: [batch, z_dim] to samples. */
export function generatorNetwork(
  options: GeneratorOptions,
  sample: SampleShape,
  condition?: GeneratorCondition,
): Result<Network, string> {
  const placed = placedGenerator(options, sample, condition);
  return placed.ok ? ok(networkOf(placed.value)) : placed;
}

/** See `placedCritic`: samples to one score each, [batch, 1]. */
export function criticNetwork(
  options: CriticOptions,
  sample: SampleShape,
  classes?: number,
): Result<Network, string> {
  const placed = placedCritic(options, sample, classes);
  return placed.ok ? ok(networkOf(placed.value)) : placed;
}

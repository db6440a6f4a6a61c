import { invariant } from '../base/invariant.js';
import { ok, type Result } from '../base/result.js';
import { directionsPerPass, projectOnFour } from './project.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';
import { wassersteinOfSorted } from './wasserstein-1d.js';

/**
 * Sliced Wasserstein-1 distance between two sets of samples: the mean, over directions u on the unit sphere, of
 * the exact 1-D distance between the projections,
 *
 *   SW1(P, Q) = E_u [ W1(u . P, u . Q) ],
 *
 * estimated over the given directions (Rabin et al. 2012; Bonneel et al. 2015, "Sliced and Radon Wasserstein
 * Barycenters of Measures"; POT's `sliced_wasserstein_distance` with p = 1). In the units of the samples, zero
 * or more, lower is nearer; at most the true W1. Counts may differ.
 *
 * @param directions unit vectors, row after row, as `unitDirections` makes them
 */
export function slicedWasserstein(
  generated: Samples,
  reference: Samples,
  directions: Float64Array,
): Result<number, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok) return checked;

  const count = directions.length / generated.dimensions;
  invariant(Number.isInteger(count) && count > 0, 'directions have as many components as the samples');
  const [fromGenerated, fromReference] = [fourOf(generated.count), fourOf(reference.count)];
  let sum = 0;
  for (let first = 0; first < count; first += directionsPerPass) {
    projectOnFour(generated, directions, first, fromGenerated);
    projectOnFour(reference, directions, first, fromReference);
    for (const [index, projection] of fromGenerated.entries()) {
      const other = fromReference[index];
      if (first + index >= count || other === undefined) break;
      sum += wassersteinOfSorted(projection.sort(), other.sort());
    }
  }
  return ok(sum / count);
}

/**
 * Directions spread evenly over the unit sphere: normal vectors divided by their length.
 *
 * @param normals independent N(0, 1), `dimensions` for each direction
 */
export function unitDirections(normals: Float32Array | Float64Array, dimensions: number): Float64Array {
  const directions = Float64Array.from(normals);
  for (let start = 0; start < directions.length; start += dimensions) {
    const direction = directions.subarray(start, start + dimensions);
    const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    invariant(length > 0, 'a normal vector has a length');
    for (let k = 0; k < dimensions; k++) direction[k] = (direction[k] ?? 0) / length;
  }
  return directions;
}

type Four = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

function fourOf(length: number): Four {
  return [
    new Float64Array(length),
    new Float64Array(length),
    new Float64Array(length),
    new Float64Array(length),
  ];
}

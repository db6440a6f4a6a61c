import { required } from '../base/invariant.js';
import { sizeOf } from '../base/shape.js';
import { RandomStream } from '../base/streams.js';
import type { Parameter } from '../networks/parameter.js';
import { orthonormal } from './orthonormal.js';

/**
 * A parameter's first values, row-major. They depend on the seed, the network's role and the parameter's own
 * name, so that two networks that differ in one layer still start alike in all others.
 */
export function initialValues(parameter: Parameter, seed: number, role: string): Float32Array {
  const stream = new RandomStream({ seed, purpose: `weights/${role}/${parameter.name}` });
  const size = sizeOf(parameter.shape);
  const initial = parameter.initial;
  switch (initial.type) {
    case 'normal':
      return stream.normal(size).map((value) => initial.mean + initial.std * value);
    case 'uniform':
      return stream.uniform(size).map((value) => initial.bound * (2 * value - 1));
    case 'direction': {
      const values = stream.normal(size);
      const length = Math.hypot(...values);
      return values.map((value) => value / length);
    }
    case 'orthogonal': {
      const columns = required(parameter.shape.at(-1), 'columns');
      const matrix = orthonormal(stream, size / columns, columns);
      return Float32Array.from(matrix, (value) => initial.gain * value);
    }
    case 'constant':
      return new Float32Array(size).fill(initial.value);
  }
}

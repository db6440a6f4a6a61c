import { required } from '../../base/invariant.js';
import { sizeOf } from '../../base/shape.js';
import type { Parameter } from '../../networks/parameter.js';
import type { Shape } from './operations.js';

/**
 * Parameters that are one TensorFlow variable. An optimiser's kernel costs as much for a small weight as for a
 * thousand of them, so those of a network lie one after another in one vector, which is updated at once. The large ones
 * stay alone, in their own shape: to put their gradients together would cost more than it saves.
 */
export interface Pack {
  readonly name: string;
  /** Of the variable. */
  readonly shape: Shape;
  readonly places: readonly Place[];
}

interface Place {
  readonly parameter: Parameter;
  /** The first element in the variable. */
  readonly offset: number;
  readonly size: number;
}

/** Elements from which on a parameter stays alone. */
const least = 2 ** 16;

/**
 * Places begin where TensorFlow wants tensors to begin, so that it can take parts of a variable without copying
 * them: at multiples of 64 bytes.
 */
export const alignment = 16;

export function packsOf(parameters: readonly Parameter[]): readonly Pack[] {
  const isLarge = ({ shape }: Parameter) => sizeOf(shape) >= least;
  const small = parameters.filter((parameter) => !isLarge(parameter));
  const large = parameters.filter(isLarge).map(alone);
  return small.length === 0 ? large : [together(small), ...large];
}

export function alone(parameter: Parameter): Pack {
  const { name, shape } = parameter;
  return { name, shape, places: [{ parameter, offset: 0, size: sizeOf(shape) }] };
}

function together(parameters: readonly Parameter[]): Pack {
  let end = 0;
  const places = parameters.map((parameter): Place => {
    const [offset, size] = [end, sizeOf(parameter.shape)];
    end = aligned(offset + size);
    return { parameter, offset, size };
  });
  return { name: 'small', shape: [end], places };
}

/** The next multiple. */
export const aligned = (size: number): number => Math.ceil(size / alignment) * alignment;

/** A variable's value. Elements between places are 0, and stay so, as their gradient is. */
export function packed(
  { shape, places }: Pack,
  value: (parameter: string, size: number) => Float32Array,
): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  for (const { parameter, offset, size } of places) values.set(value(parameter.name, size), offset);
  return values;
}

export function unpacked({ places }: Pack, values: Float32Array): ReadonlyMap<string, Float32Array> {
  return new Map(
    places.map(({ parameter, offset, size }) => [parameter.name, values.slice(offset, offset + size)]),
  );
}

/** Whether the variable is the one parameter itself. */
export function isAlone({ shape, places }: Pack): boolean {
  return shape === required(places[0], 'a parameter').parameter.shape;
}

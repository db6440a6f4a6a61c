import type { GraphModel } from './exported/graph-model.js';
import type { Weights } from './network.js';
import * as tf from './tf.js';

/**
 * Tensors as TensorFlow.js keeps them in files: a manifest, and the values one after another in little-endian
 * float32 or int32, in the manifest's order.
 */
export interface EncodedWeights {
  readonly specs: readonly WeightSpec[];
  readonly data: Uint8Array;
}

/** An entry of TensorFlow.js's weights manifest. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

export async function encodeWeights(weights: Weights): Promise<EncodedWeights> {
  const { data } = await tf.io.encodeWeights({ ...weights });
  const specs = Object.entries(weights).map(([name, { shape }]) => ({
    name,
    shape,
    dtype: 'float32' as const,
  }));
  return { specs, data: new Uint8Array(data) };
}

/** What a graph holds beside its weights. */
export function encodeConstants(constants: GraphModel['constants']): EncodedWeights {
  const entries = Object.entries(constants);
  const specs = entries.map(([name, { values, shape }]): WeightSpec => ({
    name,
    shape,
    dtype: values instanceof Int32Array ? 'int32' : 'float32',
  }));
  const data = Buffer.concat(
    entries.map(([, { values }]) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
  return { specs, data };
}

/** Tensors that the caller disposes of. */
export function decodeWeights({ specs, data }: EncodedWeights): Weights {
  return tf.io.decodeWeights(
    data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer,
    specs.map(({ name, shape, dtype }) => ({ name, shape: [...shape], dtype })),
  );
}

import { invariant, required } from '../../base/invariant.js';
import { dataTypes, type Graph, int32, type NodeDef, type Output } from '../traced/graph.js';

/** A constant of a recording. */
export interface Constant {
  readonly values: Int32Array | Float32Array;
  readonly shape: readonly number[];
}

/** One of a graph's nodes that are constants; undefined for others. */
export function constantOf({ op, attr }: NodeDef): Constant | undefined {
  const value = attr['value'];
  if (op !== 'Const' || value === undefined || !('tensor' in value)) return undefined;
  const { dtype, tensor_shape, tensor_content } = value.tensor;
  const { buffer } = tensor_content.slice();
  return {
    values: dtype === dataTypes.int32 ? new Int32Array(buffer) : new Float32Array(buffer),
    shape: tensor_shape.dim.map(({ size }) => size),
  };
}

/** The same constant, recorded for a batch of one size and for one of another. */
export type Pair = readonly [Constant, Constant];

/**
 * Constants of a graph that were recorded for two sizes of the batch, as outputs that suit any: what is in proportion to the batch is
 * worked out from the size of the input's.
 */
export class AnyBatch {
  readonly #graph: Graph;
  readonly #sizes: readonly [number, number];
  readonly #input: Output;
  #batch: Output | undefined;

  /**
   * @param sizes of the two recordings' batches
   * @param input a tensor with the batch as its first axis
   */
  constructor(graph: Graph, sizes: readonly [number, number], input: Output) {
    this.#graph = graph;
    this.#sizes = sizes;
    this.#input = input;
  }

  /** @param op of the operation that reads it */
  constant([few, many]: Pair, op: string): Output {
    const { values, shape } = few;
    const others = many.values;
    invariant(shape.join() === many.shape.join(), `a constant of ${op} changes its shape with the batch`);
    if (values.every((value, index) => Object.is(value, others[index]))) {
      return this.#graph.constant(values, shape);
    }
    invariant(
      values instanceof Int32Array && others instanceof Int32Array && shape.length === 1,
      `numbers of ${op} change with the batch`,
    );
    const factors = Array.from(values, (value, index) => this.#factor(value, others[index], op));
    const isOne = factors.filter((factor) => factor !== undefined).length === 1;
    if (op === 'Reshape' && isOne && !values.includes(-1)) {
      return this.#graph.constant(
        values.map((value, index) => (factors[index] === undefined ? value : -1)),
        shape,
      );
    }
    return this.#packed(values, factors);
  }

  /** How many times the batch's size it is; undefined where the batch makes no difference. */
  #factor(few: number, many: number | undefined, op: string): number | undefined {
    if (few === many) return undefined;
    const [size, other] = this.#sizes;
    const factor = few / size;
    invariant(
      Number.isInteger(factor) && many === factor * other,
      `a size of ${op} is not in proportion to the batch`,
    );
    return factor;
  }

  #packed(values: Int32Array, factors: readonly (number | undefined)[]): Output {
    const parts = factors.map((factor, index) =>
      factor === undefined
        ? this.#graph.constant(Int32Array.of(required(values[index], 'a size')), [])
        : this.#times(factor),
    );
    const name = `batch/sizes_${this.#graph.nodes.length}`;
    return this.#graph.add(name, 'Pack', parts, { T: int32, N: { i: parts.length }, axis: { i: 0 } });
  }

  #times(factor: number): Output {
    const batch = (this.#batch ??= this.#size());
    if (factor === 1) return batch;
    const name = `batch/times_${this.#graph.nodes.length}`;
    const constant = this.#graph.constant(Int32Array.of(factor), []);
    return this.#graph.add(name, 'Mul', [batch, constant], { T: int32 });
  }

  #size(): Output {
    const at = (index: number) => this.#graph.constant(Int32Array.of(index), [1]);
    const shape = this.#graph.add('batch/shape', 'Shape', [this.#input], { out_type: int32 });
    return this.#graph.add('batch/size', 'StridedSlice', [shape, at(0), at(1), at(1)], {
      T: int32,
      Index: int32,
      ...Object.fromEntries(
        ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask'].map((mask) => [mask, { i: 0 }]),
      ),
      shrink_axis_mask: { i: 1 },
    });
  }
}

import { invariant, required } from '../../base/invariant.js';
import { sizeOf } from '../../base/shape.js';
import type { Attribute } from '../library.js';
import * as tf from '../tf.js';
import type { GraphType } from './graph.js';

export type Shape = readonly number[];

/** A call of one of TensorFlow's operations while it is recorded. */
export interface Call {
  readonly shapes: readonly Shape[];
  /** Of an input that is an int32 constant, as axes and sizes are. */
  readonly integers: (input: number) => readonly number[];
  readonly attribute: (name: string) => Attribute['value'];
}

interface RecordedOutput {
  readonly shape: Shape;
  /** float32 if not given. */
  readonly type?: GraphType;
}

/** How large an operation's outputs are. */
type Rule = (call: Call) => readonly RecordedOutput[];

const one = (shape: Shape): readonly RecordedOutput[] => [{ shape }];
const shapeAt = ({ shapes }: Call, input: number): Shape =>
  required(shapes[input], `input ${input} of an operation`);

const likeFirst: Rule = (call) => one(shapeAt(call, 0));
const broadcast: Rule = (call) =>
  one(tf.broadcast_util.assertAndGetBroadcastShape([...shapeAt(call, 0)], [...shapeAt(call, 1)]));

const reduced: Rule = (call) => {
  const shape = shapeAt(call, 0);
  const axes = call.integers(1).map((axis) => (axis + shape.length) % shape.length);
  return one(
    call.attribute('keep_dims') === true
      ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
      : shape.filter((_, axis) => !axes.includes(axis)),
  );
};

const reshaped: Rule = (call) => {
  const asked = call.integers(1);
  const rest = sizeOf(shapeAt(call, 0)) / sizeOf(asked.filter((size) => size !== -1));
  return one(asked.map((size) => (size === -1 ? rest : size)));
};

const product: Rule = (call) => {
  const [a, b] = [shapeAt(call, 0), shapeAt(call, 1)];
  const rows = call.attribute('transpose_a') === true ? a[1] : a[0];
  const columns = call.attribute('transpose_b') === true ? b[0] : b[1];
  return one([required(rows, 'rows'), required(columns, 'columns')]);
};

/** Of matrices under equal indices of the axes before their own. */
const batchProduct: Rule = (call) => {
  const [a, b] = [shapeAt(call, 0), shapeAt(call, 1)];
  const rows = call.attribute('adj_x') === true ? a.at(-1) : a.at(-2);
  const columns = call.attribute('adj_y') === true ? b.at(-2) : b.at(-1);
  invariant(a.slice(0, -2).join() === b.slice(0, -2).join(), 'only equally many matrices are recorded');
  return one([...a.slice(0, -2), required(rows, 'rows'), required(columns, 'columns')]);
};

const concatenated: Rule = (call) => {
  const parts = call.shapes.slice(0, -1);
  const [axis] = call.integers(parts.length);
  const first = shapeAt(call, 0);
  return one(
    first.map((size, at) =>
      at === axis ? parts.reduce((sum, part) => sum + required(part[at], 'a size'), 0) : size,
    ),
  );
};

const split: Rule = (call) => {
  const [axis] = call.integers(2);
  return call.integers(1).map((size) => ({
    shape: shapeAt(call, 0).map((whole, at) => (at === axis ? size : whole)),
  }));
};

const tiled: Rule = (call) => {
  const repetitions = call.integers(1);
  return one(shapeAt(call, 0).map((size, axis) => size * required(repetitions[axis], 'a repetition')));
};

const convolved: Rule = (call) => {
  const [batch = 0, height = 0, width = 0] = shapeAt(call, 0);
  const channels = required(shapeAt(call, 1)[3], 'channels');
  const [, down = 1, across = 1] = call.attribute('strides') as readonly number[];
  invariant(call.attribute('padding') === 'SAME', 'only `same` padding of convolutions is recorded');
  return one([batch, Math.ceil(height / down), Math.ceil(width / across), channels]);
};

const pooled: Rule = (call) => {
  const [batch = 0, height = 0, width = 0, channels = 0] = shapeAt(call, 0);
  const [, down = 1, across = 1] = call.attribute('strides') as readonly number[];
  invariant(call.attribute('padding') === 'VALID', 'only pooling without padding is recorded');
  const [, tall = 1, wide = 1] = call.attribute('ksize') as readonly number[];
  return one([
    batch,
    Math.floor((height - tall) / down) + 1,
    Math.floor((width - wide) / across) + 1,
    channels,
  ]);
};

const resized: Rule = (call) => {
  const [batch = 0, , , channels = 0] = shapeAt(call, 0);
  return one([batch, ...call.integers(1), channels]);
};

const transposed: Rule = (call) =>
  one(call.integers(1).map((axis) => required(shapeAt(call, 0)[axis], 'an axis')));

const depthToSpace: Rule = (call) => {
  const [batch = 0, height = 0, width = 0, channels = 0] = shapeAt(call, 0);
  const block = call.attribute('block_size') as number;
  return one([batch, block * height, block * width, channels / block ** 2]);
};

const lastAxis = (shape: Shape): Shape => shape.slice(-1);

/** Outputs that TensorFlow makes for its own gradient have a size of its own, too: nothing else may use them. */
const itsOwn: RecordedOutput = { shape: [0] };

const batchNorm: Rule = (call) => {
  const channels = { shape: lastAxis(shapeAt(call, 0)) };
  return [{ shape: shapeAt(call, 0) }, channels, channels, channels, channels, itsOwn];
};

const batchNormGradient: Rule = (call) => {
  const channels = { shape: lastAxis(shapeAt(call, 0)) };
  return [{ shape: shapeAt(call, 0) }, channels, channels, itsOwn, itsOwn];
};

/** Of all operations that a step may be made of. */
const rules: Readonly<Record<string, Rule>> = {
  ...sharing(broadcast, ['Add', 'Minimum', 'Mul', 'RealDiv', 'Sub']),
  ...sharing(likeFirst, [
    'BiasAdd',
    'Erf',
    'Exp',
    'LeakyRelu',
    'LeakyReluGrad',
    'Neg',
    'Relu',
    'ReluGrad',
    'Rsqrt',
    'Sigmoid',
    'SigmoidGrad',
  ]),
  ...sharing(likeFirst, ['Softmax', 'Softplus', 'Sqrt', 'Tanh', 'TanhGrad']),
  // Of what is float32 already: TensorFlow.js asks for it before it takes a mean.
  Cast: likeFirst,
  AvgPool: pooled,
  BatchMatMulV2: batchProduct,
  BiasAddGrad: (call) => one(lastAxis(shapeAt(call, 0))),
  ConcatV2: concatenated,
  Conv2D: convolved,
  Conv2DBackpropFilter: (call) => one(call.integers(1)),
  Conv2DBackpropInput: (call) => one(call.integers(0)),
  DepthToSpace: depthToSpace,
  FusedBatchNormGradV3: batchNormGradient,
  FusedBatchNormV3: batchNorm,
  MatMul: product,
  Mean: reduced,
  Reshape: reshaped,
  ResizeNearestNeighbor: resized,
  Slice: (call) => one(call.integers(2)),
  SplitV: split,
  Sum: reduced,
  Tile: tiled,
  Transpose: transposed,
};

function sharing(rule: Rule, operations: readonly string[]): Record<string, Rule> {
  return Object.fromEntries(operations.map((operation) => [operation, rule]));
}

export function ruleOf(operation: string): Rule | undefined {
  return Object.hasOwn(rules, operation) ? rules[operation] : undefined;
}

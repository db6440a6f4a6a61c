import { required } from '../base/invariant.js';
import { RandomStream, type StreamName } from '../base/streams.js';
import { constant, declaredTensor } from './constants.js';
import type { SampleShape } from '../networks/shape.js';
import * as tf from './tf.js';

export type Transformation = 'color' | 'translation' | 'cutout';

/**
 * T of DiffAugment (arXiv 2006.10738, section 3.2): the critic sees T(x) of real images and T(G(z)) of generated ones, in
 * its own step and in the generator's.
 */
export interface DiffAugment {
  /** How many numbers T takes for each image. */
  readonly numbers: number;
  /**
   * [count, numbers], row-major.
   *
   * @param stream `purpose`: what follows the transformation's name in that of its stream, as `critic/real`.
   */
  readonly draw: (count: number, stream: StreamName) => Float32Array;
  /**
   * [batch, height, width, channels] to the same. Its derivatives with respect to the images are right to any order.
   *
   * @param numbers As drawn.
   */
  readonly apply: (images: tf.Tensor, numbers: tf.Tensor) => tf.Tensor;
}

/** The formulas of the authors' DiffAugment_pytorch.py. */
interface Kind {
  /** Each number of one image in turn. */
  readonly draws: readonly ((stream: RandomStream, shape: SampleShape) => number)[];
  /** @param numbers A [batch, 1, 1, 1] for each draw. */
  readonly apply: (images: tf.Tensor, numbers: readonly tf.Tensor[]) => tf.Tensor;
}

/** @param policy In the order in which they are applied. */
export function diffAugment(policy: readonly Transformation[], shape: SampleShape): DiffAugment {
  const columns = policy.flatMap((name) => kinds[name].draws.map((draw) => ({ name, draw })));
  return {
    numbers: columns.length,
    draw: (count, { purpose, ...stream }) => {
      const streams = new Map(
        policy.map((name) => [name, new RandomStream({ ...stream, purpose: `${name}/${purpose}` })]),
      );
      const drawn = Array.from({ length: count }, () =>
        columns.map(({ name, draw }) => draw(required(streams.get(name), name), shape)),
      );
      return Float32Array.from(drawn.flat());
    },
    apply: (images, numbers) => {
      const column = (at: number) => numbers.slice([0, at], [numbers.shape[0], 1]).reshape([-1, 1, 1, 1]);
      const all = columns.map((_, at) => column(at));
      const of = (name: Transformation) => all.filter((_, at) => columns[at]?.name === name);
      return policy.reduce((changed, name) => kinds[name].apply(changed, of(name)), images);
    },
  };
}

const uniform = (stream: RandomStream): number => required(stream.uniform(1)[0], 'a number');

/** Of an image's side: how far it is moved at most, and how wide the hole is. */
const [farthest, hole] = [1 / 8, 1 / 2];
const rounded = (value: number): number => Math.floor(value + 0.5);
const sideOf = (shape: SampleShape, axis: 0 | 1): number => required(shape[axis], 'a side');

const color: Kind = {
  draws: [
    (stream) => uniform(stream) - 0.5,
    (stream) => 2 * uniform(stream),
    (stream) => uniform(stream) + 0.5,
  ],
  apply: (images, numbers) => {
    const [brightness, saturation, contrast] = numbers as readonly [tf.Tensor, tf.Tensor, tf.Tensor];
    const saturated = stretched(images.add(brightness), saturation, [3]);
    return stretched(saturated, contrast, [1, 2, 3]);
  },
};

const translation: Kind = {
  draws: ([0, 1] as const).map((axis) => (stream, shape) => {
    const most = rounded(farthest * sideOf(shape, axis));
    return stream.integerBelow(2 * most + 1) - most;
  }),
  apply: (images, numbers) => {
    const [down, right] = numbers as readonly [tf.Tensor, tf.Tensor];
    return movedAcross(movedDown(images, down), right);
  },
};

const cutout: Kind = {
  draws: ([0, 1] as const).map((axis) => (stream, shape) => {
    const side = sideOf(shape, axis);
    return stream.integerBelow(side + 1 - (rounded(hole * side) % 2));
  }),
  apply: (images, numbers) => {
    const [, height = 0, width = 0] = images.shape;
    const [row, column] = numbers as readonly [tf.Tensor, tf.Tensor];
    const covered = within(row, height, [1, height, 1, 1]).mul(within(column, width, [1, 1, width, 1]));
    return linear(images, constant(1).sub(covered), times);
  },
};

const kinds: Readonly<Record<Transformation, Kind>> = { color, translation, cutout };

const times: LinearMap = (x, factor) => x.mul(factor);

/** m + factor (x - m), m being the mean over axes: its own adjoint. */
function stretched(images: tf.Tensor, factor: tf.Tensor, axes: number[]): tf.Tensor {
  return linear(images, factor, (x, factor) => {
    const mean = x.mean(axes, true);
    return mean.add(x.sub(mean).mul(factor));
  });
}

/** y[i] = x[i + by] along the rows, and 0 where there is none. */
function movedDown(images: tf.Tensor, by: tf.Tensor): tf.Tensor {
  const [batch = 0, height = 0] = images.shape;
  const apply =
    (isAdjoint: boolean): LinearMap =>
    (x, moves) =>
      tf.matMul(moves, x.reshape([batch, height, -1]), isAdjoint).reshape(x.shape);
  return linear(images, shift(by, height), apply(false), apply(true));
}

function movedAcross(images: tf.Tensor, by: tf.Tensor): tf.Tensor {
  const turned = (x: tf.Tensor) => x.transpose([0, 2, 1, 3]);
  return turned(movedDown(turned(images), by));
}

/** [batch, side, side]: 1 in row i and column i + by, else 0; exact, as all are whole numbers. */
function shift(by: tf.Tensor, side: number): tf.Tensor {
  const ahead = Float32Array.from({ length: side * side }, (_, at) => (at % side) - Math.floor(at / side));
  const off = declaredTensor<tf.Rank.R3>(ahead, [1, side, side]).sub(by.reshape([-1, 1, 1]));
  return constant(1).sub(off.mul(off)).relu();
}

/** 1 at the places along a side that lie in the hole around `centre`, else 0. */
function within(centre: tf.Tensor, side: number, shape: tf.ShapeMap['R4']): tf.Tensor {
  const width = rounded(hole * side);
  // The hole begins at centre - floor(width / 2): where its width is even, its middle lies between two places.
  const places = Float32Array.from({ length: side }, (_, at) => at + Math.floor(width / 2) - (width - 1) / 2);
  const off = declaredTensor<tf.Rank.R4>(places, shape).sub(centre);
  const distance = off.relu().add(off.neg().relu());
  // How far beyond its edge: whole numbers.
  const outside = distance.sub(constant((width - 1) / 2)).relu();
  return constant(1).sub(outside).relu();
}

/** Linear in x. */
type LinearMap = (x: tf.Tensor, parameter: tf.Tensor) => tf.Tensor;

/**
 * A linear map, whose gradient is its adjoint: itself unless given.
 *
 * @param parameter Of which no gradient is taken.
 */
function linear(x: tf.Tensor, parameter: tf.Tensor, map: LinearMap, adjoint: LinearMap = map): tf.Tensor {
  return tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([parameter]);
    return {
      value: map(x, parameter),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        linear(dy, required(saved[0], 'a parameter'), adjoint, map),
    };
  })(x);
}

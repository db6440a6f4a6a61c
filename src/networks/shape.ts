/** Of one sample, or of what a layer makes of it, without the batch. */
export type Shape = readonly number[];

/** [2] for points, [height, width, channels] for images in [-1, 1], [length, tokens] for sequences. */
export type SampleShape = Shape;

/** As a message says it: `a vector of 128 values`, `an image of 7x7x64`. */
export function describeShape(shape: Shape): string {
  switch (shape.length) {
    case 1:
      return `a vector of ${shape.join('')} value${shape[0] === 1 ? '' : 's'}`;
    case 2:
      return `a sequence of ${shape.join('x')}`;
    default:
      return `an image of ${shape.join('x')}`;
  }
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

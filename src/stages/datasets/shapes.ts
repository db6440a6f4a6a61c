import { required } from '../../base/invariant.js';
import { RandomStream } from '../../base/streams.js';
import type { DatasetSpec } from '../../spec/datasets.js';
import { isGrey } from '../../spec/sample-shape.js';
import { countOfAll } from './generated.js';
import { imageSource, type ImageSource } from './sample-source.js';

type ShapesSpec = Extract<DatasetSpec, { type: 'shapes' }>;
type Kind = ShapesSpec['kinds'][number];
type Colour = ShapesSpec['colours'][number];

/** What one image shows; lengths are parts of the image's side, from its top left corner. */
interface Figure {
  readonly kind: Kind;
  readonly colour: Colour;
  readonly x: number;
  readonly y: number;
  /** Half of its width. */
  readonly radius: number;
}

/** Of a place's side: how large figures are in the middle, and how far from it at most. */
const [meanRadius, radiusSpread] = [0.32, 0.06];

/**
 * As many images as the splits ask for together, of one figure each on black. A mode is a kind of figure at a place in a colour, all
 * equally likely; within a mode a figure is moved, by up to `jitter` of its place's side in either direction, and is between
 * 0.26 and 0.38 of that side in radius, both uniformly. Edges are smooth: a pixel is as bright as the share of it that is covered.
 *
 * @throws StageProblem when a split is a share.
 */
export function shapes(spec: ShapesSpec): ImageSource {
  const { side, kinds, places, colours } = spec;
  const count = countOfAll(spec.splits);
  const modes = kinds.length * places ** 2 * colours.length;
  const drawn = new RandomStream({ seed: spec.seed, purpose: 'dataset/mode' });
  const ofImages = Int32Array.from({ length: count }, () => drawn.integerBelow(modes));
  const within = new RandomStream({ seed: spec.seed, purpose: 'dataset/shapes' }).uniform(3 * count);
  const channels = isGrey(colours) ? 1 : 3;
  const ofOneKind = modes / kinds.length;
  return imageSource(
    [side, side, channels],
    count,
    (image) => {
      const mode = required(ofImages[image], 'the mode of an image');
      const [right = 0, down = 0, size = 0] = within.subarray(3 * image, 3 * image + 3);
      return painted(figureOf(spec, mode, { right, down, size }), side, channels);
    },
    spec.classes === 'mode'
      ? { labels: ofImages, classes: modes }
      : { labels: ofImages.map((mode) => Math.floor(mode / ofOneKind)), classes: kinds.length },
  );
}

/** Modes go through the colours first, then through the places, row by row, and then through the kinds. */
function figureOf(
  { kinds, places, colours, jitter }: ShapesSpec,
  mode: number,
  within: { readonly right: number; readonly down: number; readonly size: number },
): Figure {
  const place = Math.floor(mode / colours.length) % places ** 2;
  const centre = (cell: number, moved: number) => (cell + 0.5 + jitter * (2 * moved - 1)) / places;
  return {
    kind: required(kinds[Math.floor(mode / (colours.length * places ** 2))], 'a kind'),
    colour: required(colours[mode % colours.length], 'a colour'),
    x: centre(place % places, within.right),
    y: centre(Math.floor(place / places), within.down),
    radius: (meanRadius + radiusSpread * (2 * within.size - 1)) / places,
  };
}

const lights: Readonly<Record<Colour, readonly [red: number, green: number, blue: number]>> = {
  white: [1, 1, 1],
  red: [1, 0, 0],
  green: [0, 1, 0],
  blue: [0, 0, 1],
  yellow: [1, 1, 0],
  cyan: [0, 1, 1],
  magenta: [1, 0, 1],
};

/** Of a pixel's side. */
const samplesAcross = 4;

function painted(figure: Figure, side: number, channels: 1 | 3): Uint8Array {
  const pixels = new Uint8Array(side * side * channels);
  const light = lights[figure.colour].slice(0, channels);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const share = covered(figure, row, column, side);
      light.forEach((strength, channel) => {
        pixels[(row * side + column) * channels + channel] = Math.round(255 * share * strength);
      });
    }
  }
  return pixels;
}

/** The share of a pixel's samples that lie in the figure. */
function covered({ kind, x, y, radius }: Figure, row: number, column: number, side: number): number {
  let inside = 0;
  for (let sample = 0; sample < samplesAcross ** 2; sample += 1) {
    const right = (column + ((sample % samplesAcross) + 0.5) / samplesAcross) / side - x;
    const down = (row + (Math.floor(sample / samplesAcross) + 0.5) / samplesAcross) / side - y;
    if (isInside[kind](right / radius, down / radius)) inside += 1;
  }
  return inside / samplesAcross ** 2;
}

/** In units of the radius, from the figure's centre. */
const isInside: Readonly<Record<Kind, (right: number, down: number) => boolean>> = {
  disc: (right, down) => right ** 2 + down ** 2 <= 1,
  square: (right, down) => Math.max(Math.abs(right), Math.abs(down)) <= 0.9,
  // Its tip is above, its base as far below.
  triangle: (right, down) => down <= 0.9 && 2 * Math.abs(right) <= down + 0.9,
  ring: (right, down) => right ** 2 + down ** 2 <= 1 && right ** 2 + down ** 2 >= 0.3,
};

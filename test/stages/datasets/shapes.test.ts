import { describe, expect, it } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import type { RunnableFields } from '../../../src/spec/runnable.js';
import type { ImageSource } from '../../../src/stages/datasets/sample-source.js';
import { shapes } from '../../../src/stages/datasets/shapes.js';
import { problemOf, ran } from '../dataset-rig.js';

type ShapesSpec = Extract<RunnableFields['dataset'], { type: 'shapes' }>;

const spec: ShapesSpec = {
  type: 'shapes',
  side: 32,
  kinds: ['disc', 'square', 'triangle', 'ring'],
  places: 2,
  colours: ['red', 'blue'],
  jitter: 0.1,
  classes: 'mode',
  seed: 0,
  splits: { train: 400 },
};

const image = async (source: ImageSource, at: number) => source.read(Int32Array.of(at));

/** Of a grey image: how much of it is covered, in parts of the whole, and where its middle is. */
async function moments(fields: Partial<ShapesSpec>) {
  const grey: ShapesSpec = { ...spec, places: 1, colours: ['white'], jitter: 0, splits: { all: 20 } };
  const one = { ...grey, ...fields };
  const source = shapes(one);
  const pixels = await image(source, 0);
  let [area, right, down] = [0, 0, 0];
  pixels.forEach((pixel, index) => {
    area += pixel / 255;
    right += (pixel / 255) * (((index % one.side) + 0.5) / one.side);
    down += (pixel / 255) * ((Math.floor(index / one.side) + 0.5) / one.side);
  });
  return { area: area / one.side ** 2, right: right / area, down: down / area };
}

describe('shapes', () => {
  it('has a class for each kind, or for each kind at each place in each colour', () => {
    const ofModes = shapes(spec);
    expect(ofModes).toMatchObject({ shape: [32, 32, 3], count: 400, classes: 4 * 4 * 2 });
    const counts = new Map<number, number>();
    for (const label of required(ofModes.labels, 'labels')) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, mode) => mode));
    const ofKinds = shapes({ ...spec, classes: 'kind' });
    expect(ofKinds.classes).toBe(4);
    expect([...required(ofKinds.labels, 'labels')]).toEqual(
      Array.from(required(ofModes.labels, 'labels'), (mode) => Math.floor(mode / 8)),
    );
  });

  it('draws what the label says: at its place, in its colour, nothing else', async () => {
    const source = shapes(spec);
    for (let at = 0; at < 40; at += 1) {
      const mode = required(source.labels?.[at], 'a label');
      const [colour, place] = [mode % 2, Math.floor(mode / 2) % 4];
      const pixels = await image(source, at);
      let inPlace = 0;
      pixels.forEach((value, index) => {
        const [channel, pixel] = [index % 3, Math.floor(index / 3)];
        const quarter = 2 * Math.floor(pixel / 32 / 16) + Math.floor((pixel % 32) / 16);
        if (quarter === place && channel === (colour === 0 ? 0 : 2)) inPlace += value;
        else expect(value, `image ${at}`).toBe(0);
      });
      expect(inPlace).toBeGreaterThan(255 * 20);
    }
  });

  it('draws the areas of geometry, in the middle', async () => {
    // Over the radius squared: the radius is between 0.26 and 0.38, the same for all with one seed.
    const areas = { disc: Math.PI, square: 1.8 ** 2, triangle: 1.8 ** 2 / 2, ring: 0.7 * Math.PI };
    const disc = await moments({ kinds: ['disc'], side: 64 });
    const radius = Math.sqrt(disc.area / Math.PI);
    expect(radius).toBeGreaterThan(0.25);
    expect(radius).toBeLessThan(0.39);
    for (const kind of ['disc', 'square', 'triangle', 'ring'] as const) {
      const { area, right, down } = await moments({ kinds: [kind], side: 64 });
      expect(area / radius ** 2 / areas[kind], kind).toBeCloseTo(1, 1.5);
      expect(right).toBeCloseTo(0.5, 2);
      // A triangle's centroid is a third of its height above its base.
      expect(down).toBeCloseTo(kind === 'triangle' ? 0.5 + radius * (0.9 - 1.8 / 3) : 0.5, 2);
    }
  });

  it('is the same for a seed, another for another, and grey where all is white', async () => {
    expect(await image(shapes(spec), 7)).toEqual(await image(shapes(spec), 7));
    const first = (fields: Partial<ShapesSpec>) => shapes({ ...spec, ...fields }).labels;
    expect(first({ seed: 1 })).not.toEqual(first({}));
    expect(shapes({ ...spec, colours: ['white'] }).shape).toEqual([32, 32, 1]);
  });

  it('is a dataset with labels; a share of it means nothing', async () => {
    const { events } = await ran(spec);
    expect(events.at(-1)).toMatchObject({ type: 'image', file: 'examples.png' });
    expect((await problemOf({ ...spec, splits: { train: 0.5 } })).message).toMatch(/^split train is a share/);
  });
});

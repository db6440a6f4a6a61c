import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';

import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';

import { openImageFolder } from '../../../src/stages/datasets/image-folder.js';
import { problemOf, put, ran, realData, temporaryFolder } from '../dataset-rig.js';

type Colour = readonly [red: number, green: number, blue: number, alpha?: number];

/** Encoded, with as many channels as the colour of the first pixel; `pixels` row after row. */
const encode = (
  format: 'png' | 'jpeg',
  [width, height]: readonly [number, number],
  pixels: (x: number, y: number) => Colour,
): Sharp => {
  const values = Array.from({ length: width * height }, (_, index) =>
    pixels(index % width, Math.floor(index / width)),
  ).flat() as number[];
  const channels = values.length === 4 * width * height ? 4 : 3;
  const image = sharp(Uint8Array.from(values), { raw: { width, height, channels } });
  return format === 'png' ? image.png() : image.jpeg({ quality: 100, chromaSubsampling: '4:4:4' });
};

const plain = (format: 'png' | 'jpeg', colour: Colour): Promise<Buffer> =>
  encode(format, [8, 8], () => colour).toBuffer();

const spec = (
  path: string,
  more: { resize?: number; channels?: 1 | 3; unreadable?: 'error' | 'skip' } = {},
) =>
  ({
    type: 'image_folder',
    path,
    resize: 4,
    channels: 3,
    unreadable: 'error',
    ...more,
    seed: 0,
    splits: { all: 1 },
  }) as const;

const every = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => index);

describe('openImageFolder', () => {
  it('takes PNG and JPEG of all subfolders in code unit order; the subfolder is the class', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'b/2.PNG', await plain('png', [20, 20, 20]));
    await put(folder, 'b/10.jpg', await plain('jpeg', [10, 10, 10]));
    await put(folder, 'Z/deep/0.jpeg', await plain('jpeg', [99, 99, 99]));
    await put(folder, 'b/notes.txt', 'by hand');
    const source = await openImageFolder(spec(folder));
    expect(source).toMatchObject({
      shape: [4, 4, 3],
      count: 3,
      classes: 2,
      notes: [`${folder}: left out 1 file (neither PNG nor JPEG), b/notes.txt the first.`],
    });
    expect(source.labels).toEqual(Int32Array.of(0, 1, 1));
    const pixels = await source.read(every(3));
    expect([0, 48, 96].map((start) => pixels[start])).toEqual([99, 10, 20]);
  });

  it('has no classes where images lie outside the subfolders', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'a/1.png', await plain('png', [1, 1, 1]));
    await put(folder, '2.png', await plain('png', [2, 2, 2]));
    const source = await openImageFolder(spec(folder));
    expect(source.labels).toBeUndefined();
    expect(source.notes).toEqual([
      `${folder}: images have no classes, because some lie outside its subfolders.`,
    ]);
    const flat = await temporaryFolder();
    await put(flat, '2.png', await plain('png', [2, 2, 2]));
    expect((await openImageFolder(spec(flat))).notes).toEqual([]);
  });

  it('resizes the shorter side and keeps the middle of the longer', async () => {
    const folder = await temporaryFolder();
    // 24 x 8, red outside the middle third; the border between the thirds is not sharp after resizing.
    const wide = encode('png', [24, 8], (x) => (x >= 8 && x < 16 ? [0, 0, 250] : [250, 0, 0]));
    await put(folder, 'wide.png', await wide.toBuffer());
    const pixels = await (await openImageFolder(spec(folder, { resize: 8 }))).read(every(1));
    for (const x of [0, 3, 7]) {
      expect([...pixels.subarray(3 * (8 * 4 + x), 3 * (8 * 4 + x) + 3)]).toEqual([0, 0, 250]);
    }
  });

  it('shows images upright and transparent parts on white', async () => {
    const folder = await temporaryFolder();
    // Left half black. Orientation 6: to be shown turned clockwise, so that the upper half is black.
    const lying = encode('jpeg', [8, 8], (x) => (x < 4 ? [0, 0, 0] : [255, 255, 255]));
    await put(folder, 'a.jpg', await lying.withMetadata({ orientation: 6 }).toBuffer());
    await put(folder, 'b.png', await encode('png', [8, 8], () => [0, 0, 0, 0]).toBuffer());
    const pixels = await (await openImageFolder(spec(folder, { resize: 8 }))).read(every(2));
    const at = (image: number, x: number, y: number): number => pixels[3 * (64 * image + 8 * y + x)] ?? -1;
    expect([at(0, 1, 1), at(0, 6, 1)].every((value) => value < 10)).toBe(true);
    expect([at(0, 1, 6), at(0, 6, 6)].every((value) => value > 245)).toBe(true);
    expect(at(1, 4, 4)).toBe(255);
  });

  it('makes 8-bit grey or colour of what it finds: grey, palette, 16 bits', async () => {
    const folder = await temporaryFolder();
    const grey = sharp(new Uint8Array(64).fill(70), { raw: { width: 8, height: 8, channels: 1 } });
    await put(folder, 'a.png', await grey.toColourspace('b-w').png().toBuffer());
    const deep = sharp(new Uint16Array(64).fill(70 * 257), { raw: { width: 8, height: 8, channels: 1 } });
    await put(folder, 'b.png', await deep.toColourspace('grey16').png().toBuffer());
    const palette = encode('png', [8, 8], () => [70, 70, 70]).png({ palette: true });
    await put(folder, 'c.png', await palette.toBuffer());
    for (const channels of [1, 3] as const) {
      const pixels = await (await openImageFolder(spec(folder, { channels }))).read(every(3));
      expect([...pixels]).toEqual(Array.from({ length: 3 * 16 * channels }, () => 70));
    }
  });

  it.each(['png', 'jpeg'] as const)('names a truncated image: %s', async (format) => {
    const folder = await temporaryFolder();
    const noise = encode(format, [64, 64], (x, y) => [(x * 37) % 256, (y * 91) % 256, (x * y) % 256]);
    const bytes = await noise.toBuffer();
    await put(folder, `good.${format}`, bytes);
    const bad = await put(folder, `truncated.${format}`, bytes.subarray(0, bytes.length / 2));
    expect(await problemOf({ ...spec(folder), splits: { all: 2 } })).toEqual({
      message: expect.stringContaining(`${bad} cannot be read as an image: `) as unknown,
      field: ['path'],
      help: 'Replace the file, or remove it from the folder; `unreadable: skip` leaves out all such files.',
    });
  });

  it('leaves out damaged images, and counts them, where it is told to', async () => {
    const folder = await temporaryFolder();
    const skipping = spec(folder, { unreadable: 'skip' });
    const good = await plain('png', [7, 7, 7]);
    // More than are looked at together, and the damaged ones among all of them.
    const names = Array.from({ length: 70 }, (_, index) => `${String(index).padStart(2, '0')}.png`);
    for (const [index, name] of names.entries())
      await put(folder, index % 2 === 0 ? `even/${name}` : `odd/${name}`, good);
    expect(await openImageFolder(skipping)).toMatchObject({ count: 70, classes: 2, notes: [] });
    await put(folder, 'even/04.png', good.subarray(0, good.length / 2));
    await put(folder, 'odd/69.png', '<html>');
    await put(folder, 'none/one.png', '');
    const source = await openImageFolder(skipping);
    expect(source).toMatchObject({
      count: 68,
      classes: 2,
      notes: [`${folder}: left out 3 of 71 images (unreadable), even/04.png the first.`],
    });
    expect(source.labels?.filter((label) => label === 0)).toHaveLength(34);
    expect(new Set(await source.read(every(68)))).toEqual(new Set([7]));
    expect(await problemOf({ ...spec(folder), splits: { all: 71 } })).toMatchObject({
      // Of several that are read at once, whichever is found first.
      message: expect.stringMatching(/(even.04|odd.69|none.one)\.png cannot be read as an image/) as unknown,
    });
  });

  // Whoever reads what is there is told that reading failed, even root.
  it.skipIf(!existsSync('/proc/self/mem'))(
    'leaves out none that the system does not let it read',
    async () => {
      const folder = await temporaryFolder();
      await put(folder, 'b.png', await plain('png', [7, 7, 7]));
      await symlink('/proc/self/mem', join(folder, 'a.png'));
      for (const unreadable of ['skip', 'error'] as const) {
        expect(await problemOf({ ...spec(folder, { unreadable }), splits: { all: 2 } })).toMatchObject({
          message: expect.stringMatching(/a\.png cannot be read: EIO/) as unknown,
          field: ['path'],
        });
      }
      await rm(join(folder, 'a.png'));
      await symlink('nowhere', join(folder, 'a.png'));
      expect(await openImageFolder(spec(folder, { unreadable: 'skip' }))).toMatchObject({ count: 1 });
    },
  );

  it('says where none can be read, and nothing is left', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'a.png', 'none');
    expect(await problemOf(spec(folder, { unreadable: 'skip' }))).toMatchObject({
      message: `none of the images of ${folder} can be read`,
      field: ['path'],
    });
  });

  it('names an image that is gone, or cut off, by the time that it is read', async () => {
    const folder = await temporaryFolder();
    for (const name of ['0.png', '1.png', '2.png']) await put(folder, name, await plain('png', [9, 9, 9]));
    const source = await openImageFolder(spec(folder));
    await rm(join(folder, '1.png'));
    await truncate(join(folder, '2.png'), 20);
    expect(await source.read(Int32Array.of(0))).toHaveLength(4 * 4 * 3);
    for (const [position, name] of [
      [1, '1.png'],
      [2, '2.png'],
    ] as const) {
      await expect(source.read(Int32Array.of(0, position))).rejects.toMatchObject({
        name: 'StageProblem',
        field: ['path'],
        message: expect.stringContaining(`${join(folder, name)} cannot be read as an image`) as string,
      });
    }
  });

  it('names an image that is none, and a folder without images', async () => {
    const folder = await temporaryFolder();
    expect(await problemOf(spec(folder))).toEqual({
      message: `${folder} is empty`,
      field: ['path'],
      help: 'Name the folder that holds the images.',
    });
    await put(folder, 'a.gif', 'GIF89a');
    expect(await problemOf(spec(folder))).toMatchObject({
      message: `${folder} holds no PNG or JPEG file, but a.gif`,
    });
    const page = await put(folder, 'a.png', '<html>');
    expect(await problemOf(spec(folder))).toMatchObject({
      message: expect.stringContaining(`${page} cannot be read as an image: `) as unknown,
    });
    expect(await problemOf(spec(page))).toMatchObject({ message: `${page} is a file, not a folder` });
    expect(await problemOf(spec(`${folder}/none`))).toMatchObject({
      message: `${folder}/none does not exist`,
      field: ['path'],
    });
  });

  // Root may read everything, whatever the permissions.
  it.skipIf(process.getuid?.() === 0)('says that a folder may not be read', async () => {
    const folder = await temporaryFolder();
    await mkdir(`${folder}/locked`);
    await chmod(`${folder}/locked`, 0);
    expect(await problemOf(spec(`${folder}/locked`))).toMatchObject({
      message: `${folder}/locked may not be read by this user`,
    });
  });
});

describe('a real folder of photographs', () => {
  const { images } = realData;

  // Skipped where neither IMAGES_DIR nor ../shared/data/cifar-10-images is there.
  it.skipIf(images === undefined)('is read with its classes', async () => {
    const source = await openImageFolder(spec(images ?? '', { resize: 16 }));
    expect(source.count).toBeGreaterThan(100);
    expect(source.classes).toBe(10);
    const { events } = await ran({ ...spec(images ?? '', { resize: 16 }), splits: { train: 64, test: 32 } });
    expect(events.at(-1)).toMatchObject({ type: 'image', name: 'examples' });
  });
});

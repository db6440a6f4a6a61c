import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import sharp from 'sharp';

import { plural } from '../../base/format.js';
import { required } from '../../base/invariant.js';
import { StageProblem } from '../../execute/contract.js';
import type { DatasetSpec } from '../../spec/datasets.js';
import { accessProblem } from './data-file.js';
import { resizing } from './resize.js';
import { imageSource, type ImageSource } from './sample-source.js';

type ImageFolderSpec = Extract<DatasetSpec, { type: 'image_folder' }>;

const extensions = /\.(png|jpe?g)$/i;

/**
 * PNG and JPEG files of a folder and of all folders in it, in the code unit order of their paths, so that the
 * order is the same on every machine. The first folder of a path is the image's class, where every image has
 * one. Other files, and folders that are symbolic links, are left out with a note.
 *
 * @throws StageProblem when the folder is missing or has no images; `read` when an image is damaged.
 */
export async function openImageFolder(spec: ImageFolderSpec): Promise<ImageSource> {
  const { images, others } = await listed(spec.path);
  const [firstOther] = others;
  if (images.length === 0) {
    const found = firstOther === undefined ? 'is empty' : `holds no PNG or JPEG file, but ${firstOther}`;
    throw new StageProblem(`${spec.path} ${found}`, ['path'], 'Name the folder that holds the images.');
  }
  const notes =
    firstOther === undefined
      ? []
      : [
          `${spec.path}: left out ${plural(others.length, 'file')} (neither PNG nor JPEG), ${firstOther} the first.`,
        ];
  const labelled = labelsOf(images);
  if (labelled === undefined && images.some((path) => path.includes('/'))) {
    notes.push(`${spec.path}: images have no classes, because some lie outside its subfolders.`);
  }
  const pixels = (position: number): Promise<Uint8Array> =>
    decoded(join(spec.path, required(images[position], 'image at a position below the count')), spec);
  return imageSource([spec.resize, spec.resize, spec.channels], images.length, pixels, {
    ...labelled,
    notes,
  });
}

/** Paths relative to the folder, with `/`. */
async function listed(folder: string): Promise<{ images: readonly string[]; others: readonly string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw accessProblem(folder, ['path'], error);
  });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort(byCodeUnit);
  return {
    images: paths.filter((path) => extensions.test(path)),
    others: paths.filter((path) => !extensions.test(path)),
  };
}

function labelsOf(images: readonly string[]): { labels: Int32Array; classes: number } | undefined {
  if (!images.every((path) => path.includes('/'))) return undefined;
  const folders = images.map((path) => path.slice(0, path.indexOf('/')));
  const classes = [...new Set(folders)].sort(byCodeUnit);
  return { labels: Int32Array.from(folders, (folder) => classes.indexOf(folder)), classes: classes.length };
}

/**
 * The image, upright (EXIF orientation applied), transparent parts shown on white, as 8-bit sRGB or grey.
 */
async function decoded(path: string, { resize, channels }: ImageFolderSpec): Promise<Uint8Array> {
  return sharp(path)
    .autoOrient()
    .flatten({ background: 'white' })
    .resize(resize, resize, resizing)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer()
    .catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StageProblem(
        `${path} cannot be read as an image: ${reason.trim().replaceAll('\n', '; ')}`,
        ['path'],
        'Replace the file, or remove it from the folder.',
      );
    });
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

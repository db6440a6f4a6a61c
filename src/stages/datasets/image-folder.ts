import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import sharp from 'sharp';

import { plural } from '../../base/format.js';
import { required } from '../../base/invariant.js';
import { err, ok, type Result } from '../../base/result.js';
import { StageProblem } from '../../execute/contract.js';
import { errorCode } from '../../files/file-errors.js';
import type { DatasetSpec } from '../../spec/datasets.js';
import { accessProblem } from './data-file.js';
import { resizing } from './resize.js';
import { imageSource, type ImageSource } from './sample-source.js';

type ImageFolderSpec = Extract<DatasetSpec, { type: 'image_folder' }>;

const extensions = /\.(png|jpe?g)$/i;

/**
 * PNG and JPEG files of a folder and of all folders in it, in the code unit order of their paths, so that the
 * order is the same on every machine. The first folder of a path is the image's class, where every image has
 * one. Other files, and folders that are symbolic links, are left out with a note; so are damaged images, where `unreadable` is `skip`.
 *
 * @throws StageProblem when the folder is missing or has no images, or when the system refuses to read a file; `read` when an
 * image is damaged.
 */
export async function openImageFolder(spec: ImageFolderSpec): Promise<ImageSource> {
  const { images: found, others } = await listed(spec.path);
  const [firstOther] = others;
  if (found.length === 0) {
    const found = firstOther === undefined ? 'is empty' : `holds no PNG or JPEG file, but ${firstOther}`;
    throw new StageProblem(`${spec.path} ${found}`, ['path'], 'Name the folder that holds the images.');
  }
  const notes =
    firstOther === undefined
      ? []
      : [
          `${spec.path}: left out ${plural(others.length, 'file')} (neither PNG nor JPEG), ${firstOther} the first.`,
        ];
  const { images, damaged } =
    spec.unreadable === 'skip' ? await readable(found, spec) : { images: found, damaged: [] };
  const [firstDamaged] = damaged;
  if (firstDamaged !== undefined) {
    if (images.length === 0)
      throw new StageProblem(`none of the images of ${spec.path} can be read`, ['path']);
    notes.push(
      `${spec.path}: left out ${damaged.length} of ${plural(found.length, 'image')} (unreadable), ${firstDamaged} the first.`,
    );
  }
  const labelled = labelsOf(images);
  if (labelled === undefined && images.some((path) => path.includes('/'))) {
    notes.push(`${spec.path}: images have no classes, because some lie outside its subfolders.`);
  }
  const pixels = async (position: number): Promise<Uint8Array> => {
    const image = join(spec.path, required(images[position], 'image at a position below the count'));
    const pixelsOf = await pixelsAt(image, spec);
    if (pixelsOf.ok) return pixelsOf.value;
    throw new StageProblem(
      `${image} cannot be read as an image: ${pixelsOf.error}`,
      ['path'],
      'Replace the file, or remove it from the folder; `unreadable: skip` leaves out all such files.',
    );
  };
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

/** Images at once; sharp has as many threads as it likes, and each image is forgotten when it was read. */
const lookedAt = 64;

/** Which of the images can be read: only reading the whole of one tells. */
async function readable(
  found: readonly string[],
  spec: ImageFolderSpec,
): Promise<{ images: readonly string[]; damaged: readonly string[] }> {
  const damaged = new Set<string>();
  for (let start = 0; start < found.length; start += lookedAt) {
    const some = found.slice(start, start + lookedAt);
    const read = await Promise.all(some.map(async (image) => decoded(join(spec.path, image), spec)));
    for (const image of some.filter((_, index) => read[index]?.ok !== true)) {
      const alone = await decodedAlone(join(spec.path, image), spec);
      if (!alone.ok) damaged.add(image);
    }
  }
  return { images: found.filter((image) => !damaged.has(image)), damaged: [...damaged] };
}

async function pixelsAt(path: string, spec: ImageFolderSpec): Promise<Result<Uint8Array, string>> {
  const pixels = await decoded(path, spec);
  return pixels.ok ? pixels : decodedAlone(path, spec);
}

/**
 * Once more, of one that could not be read among others, in two steps: what the system refuses says nothing of the image.
 * @throws StageProblem where it does.
 */
async function decodedAlone(path: string, spec: ImageFolderSpec): Promise<Result<Uint8Array, string>> {
  const bytes = await readFile(path).then(ok, err);
  if (bytes.ok) return decoded(bytes.value, spec);
  if (noFile.has(errorCode(bytes.error) ?? '')) return err(reasonOf(bytes.error));
  throw accessProblem(path, ['path'], bytes.error);
}

/** A name without a file is like a damaged image: the folder has one less. */
const noFile: ReadonlySet<string> = new Set(['ENOENT', 'EISDIR', 'ENOTDIR', 'ELOOP']);

/**
 * The image, upright (EXIF orientation applied), transparent parts shown on white, as 8-bit sRGB or grey; or why it cannot be read.
 * @param image its path, or what is in its file
 */
async function decoded(
  image: string | Uint8Array,
  { resize, channels }: ImageFolderSpec,
): Promise<Result<Uint8Array, string>> {
  try {
    const pixels = await sharp(image)
      .autoOrient()
      .flatten({ background: 'white' })
      .resize(resize, resize, resizing)
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer();
    return ok(pixels);
  } catch (error) {
    return err(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().replaceAll('\n', '; ');
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

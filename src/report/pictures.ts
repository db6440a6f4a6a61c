import { invariant } from '../base/invariant.js';
import { artifactOf, type StageRecord } from '../execute/record.js';

type ImageEvent = StageRecord['images'][number];

/** Of a stage's pictures of one name, those that are shown. */
export interface PictureRow {
  readonly name: string;
  readonly pictures: readonly Picture[];
  /** How many there are. */
  readonly all: number;
}

export interface Picture {
  readonly step: number;
  readonly file: string;
  /** Undefined where the file is not there any more, or is no PNG. */
  readonly png: { readonly bytes: Uint8Array; readonly width: number; readonly height: number } | undefined;
}

/** First, last and evenly spaced ones between them. */
const shownAtMost = 8;

/** Reads the pictures of a finished stage; those of others lie nowhere that a reader could look. */
export async function readPictures(
  record: StageRecord,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<readonly PictureRow[]> {
  const directory = artifactOf(record.outcome)?.directory;
  if (directory === undefined) return [];
  const rows: PictureRow[] = [];
  for (const name of new Set(record.images.map((image) => image.name))) {
    const images = record.images.filter((image) => image.name === name).sort((a, b) => a.step - b.step);
    const chosen = evenlySpaced(images, shownAtMost);
    const pictures = await Promise.all(
      chosen.map((image) => readPicture(image, `${directory}/${image.file}`, readFile)),
    );
    rows.push({ name, pictures, all: images.length });
  }
  return rows;
}

async function readPicture(
  { step, file }: ImageEvent,
  path: string,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<Picture> {
  try {
    const bytes = await readFile(path);
    const size = pngSize(bytes);
    return { step, file, png: size === undefined ? undefined : { bytes, ...size } };
  } catch {
    // A report of an old run outlives its artifacts; the reader is told instead.
    return { step, file, png: undefined };
  }
}

/** At most `count` of the values, the first and the last among them. */
export function evenlySpaced<T>(values: readonly T[], count: number): readonly T[] {
  invariant(count >= 2, 'the first and the last are two');
  if (values.length <= count) return values;
  const indices = Array.from({ length: count }, (_, index) =>
    Math.round((index * (values.length - 1)) / (count - 1)),
  );
  return indices.flatMap((index) => values.slice(index, index + 1));
}

const pngSignature = '89504e470d0a1a0a';

/** From the header chunk, which stands first (PNG specification, section 11.2.2). */
function pngSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (bytes.length < 24) return undefined;
  if (Buffer.from(bytes.subarray(0, 8)).toString('hex') !== pngSignature) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

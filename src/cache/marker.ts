import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { digestJson, type Digest } from '../base/digest.js';
import type { JsonObject } from '../base/json.js';
import { errorCode } from '../files/file-errors.js';
import { writeFileAtomic } from '../files/atomic-write.js';
import type { StageKey } from '../plan/types.js';
import { eventsFile, type Artifact } from './contract.js';
import type { StoredFile } from './contents.js';

export const markerFile = 'artifact.json';

/** Raised when a reader of the older form would misunderstand the newer one. */
const format = 1;

/** What `artifact.json` says of the files beside it. The file adds `self`, the digest of all the rest. */
export interface Marker {
  readonly format: typeof format;
  readonly key: StageKey;
  readonly digest: Digest;
  readonly seconds: number;
  readonly files: readonly StoredFile[];
}

export type MarkerReading =
  | { readonly state: 'read'; readonly marker: Marker }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly reason: string };

export function markerOf(key: StageKey, seconds: number, files: readonly StoredFile[]): Marker {
  return { format, key, digest: artifactDigest(files), seconds, files };
}

/** Of the results alone: not of times, nor of the events, which hold times. */
function artifactDigest(files: readonly StoredFile[]): Digest {
  const results = files.filter((file) => file.path !== eventsFile);
  return digestJson(results.map(({ path, digest }) => [path, digest]));
}

export function artifactOf(directory: string, { key, digest, seconds, files }: Marker): Artifact {
  const described = files.map(({ path, bytes, digest }) => ({ path, bytes, digest }));
  return { key, directory, files: described, digest, seconds };
}

export async function writeMarker(directory: string, marker: Marker): Promise<void> {
  const described = { ...marker, files: marker.files.map((file) => ({ ...file })) };
  const text = JSON.stringify({ ...described, self: digestJson(described) }, undefined, 2);
  await writeFileAtomic(join(directory, markerFile), `${text}\n`);
}

/** In one go: a small file is read sooner than its turn would come, and a plan may look at thousands. */
export function readMarker(directory: string, key: StageKey): MarkerReading {
  // A look first, since most of what a plan asks for is not there, and errors take their time.
  if (!isThere(directory)) return { state: 'absent' };
  let text: string;
  try {
    text = readFileSync(join(directory, markerFile), 'utf8');
  } catch (error) {
    const code = errorCode(error) ?? '';
    // A file in the folder's place, a folder in the marker's, a disk that has lost it.
    if (['ENOTDIR', 'EISDIR', 'EIO'].includes(code)) {
      return { state: 'damaged', reason: `${markerFile} cannot be read (${code})` };
    }
    if (code !== 'ENOENT') throw error;
    // Or another process removed the artifact since.
    return isThere(directory)
      ? { state: 'damaged', reason: `${markerFile} is missing` }
      : { state: 'absent' };
  }
  const marker = parseMarker(text);
  if (marker === undefined) {
    return { state: 'damaged', reason: `${markerFile} is corrupt, or not in format ${format}` };
  }
  if (marker.key !== key) return { state: 'damaged', reason: `${markerFile} is that of another key` };
  return { state: 'read', marker };
}

function isThere(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false }) !== undefined;
}

/** Undefined for anything but what `writeMarker` wrote, to the last character that counts. */
function parseMarker(text: string): Marker | undefined {
  try {
    const { self, ...marker } = JSON.parse(text) as JsonObject;
    // With the right digest it is ours, so its shape needs no check.
    return marker['format'] === format && self === digestJson(marker)
      ? (marker as unknown as Marker)
      : undefined;
  } catch {
    return undefined;
  }
}

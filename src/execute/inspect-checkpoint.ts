import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';

import type { Digest } from '../base/digest.js';
import { errorCode } from '../files/file-errors.js';
import { CheckpointFolder, type CheckpointMarker } from './checkpoint-folder.js';
import { contentFault } from './checkpoint-files.js';
import type { ReportedUpTo } from './reported-events.js';

/** What a checkpoint says of itself. */
export type CheckpointLook =
  | { readonly state: 'whole'; readonly marker: CheckpointMarker }
  /** Its process did not live to save anything, so whoever comes next starts from the beginning. */
  | { readonly state: 'empty' }
  | { readonly state: 'damaged'; readonly reason: string };

/** A look at the marker alone. Writes nothing. */
export async function lookAtCheckpoint(folder: string): Promise<CheckpointLook> {
  try {
    const marker = await new CheckpointFolder(folder).marker();
    if (!marker.ok) return { state: 'damaged', reason: marker.error };
    return marker.value === undefined ? { state: 'empty' } : { state: 'whole', marker: marker.value };
  } catch (error) {
    return { state: 'damaged', reason: unreadable('checkpoint.json', error) };
  }
}

/** Compares everything that counts in a checkpoint with its digest, and says all that is wrong. Writes nothing. */
export async function inspectCheckpoint(folder: string): Promise<readonly string[]> {
  const look = await lookAtCheckpoint(folder);
  if (look.state === 'damaged') return [look.reason];
  if (look.state === 'empty') return [];
  const faults = await faultsOf(folder, look.marker);
  if (faults.length === 0) return [];
  // Its stage may have saved another meanwhile, or come to its end.
  const now = await lookAtCheckpoint(folder);
  const isSame = now.state === 'whole' && JSON.stringify(now.marker) === JSON.stringify(look.marker);
  return isSame ? faults : inspectCheckpoint(folder);
}

async function faultsOf(folder: string, marker: CheckpointMarker): Promise<readonly string[]> {
  const { files } = new CheckpointFolder(folder);
  const looks: readonly (readonly [shown: string, look: () => Promise<string | undefined>])[] = [
    [
      marker.state.file,
      () => contentFault(join(folder, marker.state.file), marker.state.file, marker.state.digest),
    ],
    ...marker.files.map((file) => [file.path, () => files.fault([file])] as const),
    ['events.jsonl', () => eventsFault(join(folder, 'events.jsonl'), marker.events)],
  ];
  const faults: string[] = [];
  for (const [shown, look] of looks) {
    try {
      const fault = await look();
      if (fault !== undefined) faults.push(fault);
    } catch (error) {
      faults.push(unreadable(shown, error));
    }
  }
  return faults;
}

/** What follows the place is of steps that are made again. */
async function eventsFault(file: string, { bytes, digest }: ReportedUpTo): Promise<string | undefined> {
  if (bytes === 0) return undefined;
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const chunk of createReadStream(file, { end: bytes - 1 })) {
      hash.update(chunk as Buffer);
      read += (chunk as Buffer).length;
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  if (read < bytes) return 'events are missing';
  return (hash.digest('hex') as Digest) === digest ? undefined : 'the events have changed';
}

function unreadable(shown: string, error: unknown): string {
  const code = errorCode(error);
  // Too many open files says nothing about this one.
  if (code === undefined || ['EMFILE', 'ENFILE'].includes(code)) throw error;
  return `${shown} cannot be read (${code})`;
}

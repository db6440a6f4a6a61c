import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { digestJson, type Digest } from '../base/digest.js';
import type { JsonObject } from '../base/json.js';
import { err, ok, type Result } from '../base/result.js';
import { writeFileAtomic } from '../files/atomic-write.js';
import { errorCode } from '../files/file-errors.js';
import { contentFault, KeptFiles, type KeptFile } from './checkpoint-files.js';
import type { SavedState } from './contract.js';
import type { Machine } from './machine.js';
import type { ReportedUpTo } from './reported-events.js';

/** Raised when a reader of the older form would misunderstand the newer one. */
const format = 1;

/** What `checkpoint.json` says of the files beside it. The file adds `self`, the digest of all the rest. */
export interface CheckpointMarker extends Pick<SavedState, 'at' | 'step' | 'position'> {
  readonly format: typeof format;
  /** Of `state`, in this order. */
  readonly tensors: readonly { readonly name: string; readonly length: number }[];
  readonly state: { readonly file: string; readonly digest: Digest };
  /** Of what the stage had reported. */
  readonly events: ReportedUpTo;
  /** What was in the output folder, relative to it. */
  readonly files: readonly KeptFile[];
  /** That have computed what is in it. */
  readonly machines: readonly Machine[];
}

/** What is to be put away, beside what the stage gives. */
export interface SavedBeside {
  /** The stage's output folder. */
  readonly output: string;
  readonly events: ReportedUpTo;
  readonly machines: readonly Machine[];
}

const markerFile = 'checkpoint.json';
const stateFile = /^state-.*\.bin$/;

/**
 * One stage's checkpoint on the disk:
 *
 *     checkpoint.json    the marker, replaced as a whole and last: it decides which of the others count, up to where
 *     state-<id>.bin     tensors, one after another
 *     files/             what the stage has written into its output folder; see checkpoint-files.ts
 *     events.jsonl       what it has reported; see reported-events.ts
 *
 * A process killed at any moment leaves the marker of before, and all that it names.
 */
export class CheckpointFolder {
  readonly files: KeptFiles;
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.files = new KeptFiles(join(folder, 'files'));
  }

  get eventsFile(): string {
    return join(this.folder, 'events.jsonl');
  }

  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
  }

  /** Removes everything. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await this.prepare();
  }

  /** Undefined where there is none; what is wrong where it is not whole. */
  async marker(): Promise<Result<CheckpointMarker | undefined, string>> {
    try {
      const { self, ...marker } = JSON.parse(
        await readFile(join(this.folder, markerFile), 'utf8'),
      ) as JsonObject;
      if (marker['format'] !== format || self !== digestJson(marker)) {
        return err(`${markerFile} is corrupt, or not in format ${format}`);
      }
      // With the right digest it is ours, so its shape needs no check.
      return ok(marker as unknown as CheckpointMarker);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return ok(undefined);
      if (error instanceof SyntaxError) return err(`${markerFile} is corrupt`);
      throw error;
    }
  }

  /** The state that the marker describes. */
  async state({ tensors, state, at, step, position }: CheckpointMarker): Promise<Result<SavedState, string>> {
    const path = join(this.folder, state.file);
    const fault = await contentFault(path, state.file, state.digest);
    if (fault !== undefined) return err(fault);
    const content = await readFile(path);
    const values = new Map<string, Float32Array>();
    let offset = 0;
    for (const { name, length } of tensors) {
      // Copied, because a Float32Array must begin at a multiple of four.
      values.set(
        name,
        new Float32Array(Uint8Array.from(content.subarray(offset, offset + 4 * length)).buffer),
      );
      offset += 4 * length;
    }
    return ok({ at, step, position, tensors: values });
  }

  /** Makes this state the one to go on from, durably. @returns its marker. */
  async save(
    { at, step, position, tensors }: SavedState,
    { output, events, machines }: SavedBeside,
    before: CheckpointMarker | undefined,
  ): Promise<CheckpointMarker> {
    const marker: CheckpointMarker = {
      format,
      at,
      step,
      position,
      tensors: [...tensors].map(([name, { length }]) => ({ name, length })),
      state: await this.writeState(tensors),
      events,
      files: await this.files.add(output, before?.files ?? []),
      machines,
    };
    // As the file will have it: what is undefined is left out.
    const described = JSON.parse(JSON.stringify(marker)) as JsonObject;
    const text = JSON.stringify({ ...described, self: digestJson(described) });
    await writeFileAtomic(join(this.folder, markerFile), text);
    await this.removeOthers(marker.state.file);
    return marker;
  }

  private async writeState(tensors: SavedState['tensors']): Promise<CheckpointMarker['state']> {
    const file = `state-${randomUUID()}.bin`;
    const hash = createHash('sha256');
    const handle = await open(join(this.folder, file), 'wx');
    try {
      for (const { buffer, byteOffset, byteLength } of tensors.values()) {
        const bytes = new Uint8Array(buffer, byteOffset, byteLength);
        hash.update(bytes);
        await handle.writeFile(bytes);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { file, digest: hash.digest('hex') as Digest };
  }

  private async removeOthers(state: string): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const isLeft = (stateFile.test(name) && name !== state) || name.endsWith('.tmp');
      if (isLeft) await rm(join(this.folder, name), { force: true });
    }
  }
}

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll } from 'vitest';

import { type StageEvent, StageProblem } from '../../src/execute/contract.js';
import type { StageId } from '../../src/plan/types.js';
import type { RunnableFields } from '../../src/spec/runnable.js';
import { runDataset } from '../../src/stages/dataset.js';
import { noCheckpoints } from '../execute/support.js';

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

/** A new folder, removed after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wassermill-dataset-'));
  folders.push(folder);
  return folder;
}

/** Writes a file into a folder (made where missing), and returns its path. */
export async function put(folder: string, name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

export interface RanDataset {
  readonly directory: string;
  readonly events: readonly StageEvent[];
}

/** Runs the dataset stage in a new folder, as a worker does. */
export async function ran(
  fields: RunnableFields['dataset'],
  signal = new AbortController().signal,
): Promise<RanDataset> {
  const directory = await temporaryFolder();
  const events: StageEvent[] = [];
  await runDataset({
    stage: 'dataset:test' as StageId,
    fields,
    inputs: {},
    output: directory,
    backend: 'cpu',
    now: () => 1_000,
    emit: (event) => events.push(event),
    signal,
    checkpoints: noCheckpoints,
  });
  return { directory, events };
}

/** The problem that the dataset has. */
export async function problemOf(
  fields: RunnableFields['dataset'],
): Promise<Pick<StageProblem, 'message' | 'field' | 'help'>> {
  try {
    await ran(fields);
  } catch (error) {
    if (error instanceof StageProblem) {
      return { message: error.message, field: error.field, help: error.help };
    }
    throw error;
  }
  throw new Error('the dataset has no problem');
}

/** An IDX file of unsigned bytes: magic, sizes, elements. */
export function idxFile(sizes: readonly number[], elements: Uint8Array): Buffer {
  const header = Buffer.alloc(4 * (1 + sizes.length));
  header.writeUInt32BE(0x00000800 + sizes.length);
  for (const [index, size] of sizes.entries()) header.writeUInt32BE(size, 4 * (1 + index));
  return Buffer.concat([header, elements]);
}

const shared = fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** The real files, where this machine has them; `undefined` has the tests skipped. */
export const realData = {
  mnist: present(process.env['MNIST_DIR'] ?? join(shared, 'mnist')),
  cifar10: present(process.env['CIFAR10_DIR'] ?? join(shared, 'cifar-10-batches-bin')),
  images: present(process.env['IMAGES_DIR'] ?? join(shared, 'cifar-10-images')),
};

function present(folder: string): string | undefined {
  return existsSync(folder) ? folder : undefined;
}

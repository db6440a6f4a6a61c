import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Digest, digestJson } from '../base/digest.js';
import { errorCode } from '../files/file-errors.js';
import type { RunnableFields } from '../spec/runnable.js';
import type { FeatureNetwork } from '../tensor/user-models/feature-network.js';
import type { NetworkPorts } from '../tensor/user-models/fault.js';
import { loadedGraphModel } from '../tensor/user-models/graph-model.js';
import { loadedSavedModel } from '../tensor/user-models/loaded-saved-model.js';
import type { Preparation } from '../tensor/user-models/prepared-images.js';

type Kind = RunnableFields['extractor']['network']['type'];

/**
 * What an extractor's artifact holds: this file (`extractor.json`), and the network in `network/`, which of a SavedModel is a
 * SavedModel again, and of a graph model `model.json` and all weights in `weights.bin`.
 */
export interface ExtractorManifest {
  readonly kind: Kind;
  readonly ports: NetworkPorts;
  readonly preparation: Preparation;
  /** Images at once. */
  readonly batch: number;
  /** Of the files in `network/`, by their names. */
  readonly files: Readonly<Record<string, Digest>>;
}

const manifestFile = 'extractor.json';
const networkFolder = 'network';

export const extractorFiles = { model: 'model.json', weights: 'weights.bin' } as const;

export function networkIn(directory: string): string {
  return join(directory, networkFolder);
}

export async function writeExtractorManifest(directory: string, manifest: ExtractorManifest): Promise<void> {
  await writeFile(join(directory, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Undefined where the artifact is that of a classifier. */
export async function readExtractorManifest(directory: string): Promise<ExtractorManifest | undefined> {
  try {
    // The cache compared the file's digest with its marker: it is what we wrote.
    return JSON.parse(await readFile(join(directory, manifestFile), 'utf8')) as ExtractorManifest;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Loads the network, for as long as the process lives. A backend must have been loaded.
 * @throws Error in the library's words, where it cannot be loaded.
 */
export async function loadNetwork(
  directory: string,
  { kind, ports }: ExtractorManifest,
): Promise<FeatureNetwork> {
  const folder = networkIn(directory);
  switch (kind) {
    case 'saved_model':
      return loadedSavedModel(folder, ports);
    case 'graph_model': {
      const content = await readFile(join(folder, extractorFiles.model), 'utf8');
      const weights = new Uint8Array(await readFile(join(folder, extractorFiles.weights)));
      return loadedGraphModel(content, weights, ports);
    }
  }
}

/**
 * What features are: of which network and outputs, and of what it is given; and how images are resized for it, which stands by
 * itself, as it is what measurements of one network differ by most often.
 */
export function extractorIdentity({ files, ports, preparation }: ExtractorManifest): {
  readonly extractor: Digest;
  readonly resizer?: string;
} {
  const { size, resize, ...given } = preparation;
  const { input, features, logits = null } = ports;
  const extractor = digestJson({
    files,
    input: { name: input.name, type: input.type },
    features,
    logits,
    preparation: { ...given },
  });
  return size === undefined ? { extractor } : { extractor, resizer: `${resize} to ${size}` };
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { StageEvent } from '../../src/execute/contract.js';
import type { StageId } from '../../src/plan/types.js';
import type { RunnableFields } from '../../src/spec/runnable.js';
import { runExtractor } from '../../src/stages/extractor.js';
import { noCheckpoints } from '../execute/support.js';
import { temporaryFolder } from './dataset-rig.js';

type Fields = RunnableFields['extractor'];

const networks = new URL('../fixtures/networks/', import.meta.url);
/** The network of scripts/referees/extractor.py, in both forms. */
export const savedModel = fileURLToPath(new URL('saved_model', networks));
export const graphModel = fileURLToPath(new URL('graph_model', networks));

/** As Inception is given images, by torch-fidelity. */
export const asInception: Omit<Fields, 'network'> = {
  features: 'pool',
  logits: 'logits',
  round: 'uint8',
  grey: 'refuse',
  size: 299,
  resize: 'tf1_bilinear',
  mean: [128],
  std: [128],
  layout: 'nhwc',
  batch_size: 32,
  threads: 2,
};

export const asSavedModel = (path = savedModel): Fields['network'] => ({
  type: 'saved_model',
  path,
  signature: 'serving_default',
});
export const asGraphModel = (path = graphModel): Fields['network'] => ({ type: 'graph_model', path });

/** Runs a whole extractor stage. */
export async function extracted(
  network: Fields['network'],
  fields: Partial<Fields> = {},
  backend: 'native' | 'cpu' = 'native',
): Promise<{ readonly output: string; readonly notes: readonly string[] }> {
  const output = await temporaryFolder();
  const events: StageEvent[] = [];
  await runExtractor({
    stage: 'inception' as StageId,
    fields: { ...asInception, network, ...fields },
    inputs: {},
    output,
    backend,
    now: () => 1_000,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    checkpoints: noCheckpoints,
  });
  return { output, notes: events.flatMap((event) => (event.type === 'note' ? [event.message] : [])) };
}

/** Of scripts/referees/extractor.py. */
export interface NetworkFixture {
  readonly shape: readonly [number, number, number];
  /** Images of 8 bits, one after another, in base 64. */
  readonly generated: string;
  readonly reference: string;
  /** Of the first four and two generated images. */
  readonly features: readonly number[];
  readonly logits: readonly number[];
  readonly fid: number;
  readonly inception_score: number;
}

export const networkFixture = JSON.parse(
  readFileSync(new URL('../fixtures/referees/user_networks.json', import.meta.url), 'utf8'),
) as NetworkFixture;

/** As networks see them, from -1 to 1. */
export function pixelsOf(packed: string): Float32Array {
  return Float32Array.from(Buffer.from(packed, 'base64'), (pixel) => pixel / 127.5 - 1);
}

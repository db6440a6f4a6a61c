import type { StageEvent } from '../../src/execute/contract.js';
import type { StageId } from '../../src/plan/types.js';
import type { RunnableFields } from '../../src/spec/runnable.js';
import { runClassifier } from '../../src/stages/classifier.js';
import { noCheckpoints } from '../execute/support.js';
import { temporaryFolder } from './dataset-rig.js';

type ClassifierFields = RunnableFields['classifier'];

export const adam = { type: 'adam', lr: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
const common: ClassifierFields = {
  budget: { epochs: 3 },
  batch_size: 32,
  optimizer: adam,
  seed: 0,
  threads: 2,
};

/** Runs a whole classifier stage on the splits `train` and, of the second dataset, `test`. */
export async function trained(dataset: string, fields: Partial<ClassifierFields> = {}, test?: string) {
  const output = await temporaryFolder();
  const events: StageEvent[] = [];
  const input = (directory: string, split: string) => ({ stage: 'dataset:d' as StageId, directory, split });
  await runClassifier({
    stage: 'features' as StageId,
    fields: { ...common, ...fields },
    inputs: { dataset: input(dataset, 'train'), ...(test !== undefined && { test: input(test, 'test') }) },
    output,
    backend: 'native',
    now: () => 1_000,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    checkpoints: noCheckpoints,
  });
  const metrics = events.filter((event) => event.type === 'metrics');
  return { output, metrics };
}

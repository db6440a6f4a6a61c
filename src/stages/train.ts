import { setImmediate as nextTurn } from 'node:timers/promises';

import { required } from '../base/invariant.js';
import type { StageContext } from '../execute/contract.js';
import { loadBackend } from '../tensor/backend.js';
import { readSplit } from './dataset-artifact.js';
import { Training } from './training.js';

/**
 * Trains, and writes the weights and a picture of samples at step 0, at each snapshot, and at the end, as
 * model-artifact.ts describes.
 *
 * Logs at each generator step `critic_loss` (of the last critic step before it), `generator_loss`, and the
 * objective's estimate, which is a function of the critic's loss; see tensor/objectives.ts.
 *
 * Goes on from a checkpoint, to the same bits, where there is one.
 *
 * @throws StageProblem where the data do not suit the architectures or the batch size; StageDiverged where
 * `on_divergence` says so.
 */
export async function runTrain(context: StageContext<'train'>): Promise<void> {
  const { fields, inputs, signal, checkpoints } = context;
  await loadBackend(context.backend, fields.threads);
  const split = required(inputs.dataset.split, 'the split to train on');
  const samples = await readSplit(inputs.dataset.directory, split, context.samples);
  const training = new Training(context, samples, await checkpoints.resume());
  for (;;) {
    await training.writeWhatIsDue();
    if (training.hasEnded) break;
    await training.prepare();
    await training.step();
    // The process hears that it shall stop only between turns; a turn costs microseconds.
    await nextTurn();
    if (training.mustSave(signal.aborted)) await checkpoints.save(training.save());
    signal.throwIfAborted();
  }
  await training.finish();
}

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { StageContext } from '../execute/contract.js';
import { classesInTurn } from '../tensor/classes.js';
import { inWholeBatches, sampleGenerator } from '../tensor/sampling.js';
import type { AdversarialModel } from '../tensor/steps.js';
import type { Trainer } from '../tensor/trainer.js';
import type { SampleSet } from './dataset-artifact.js';
import type { Vocabulary } from './datasets/vocabulary.js';
import { graphsOf, type NetworkGraphs, snapshotFolder, stepName, writeSnapshot } from './model-artifact.js';
import { shownEnding, showSamples } from './shown-samples.js';

const defaultPictured = 64;
/** Enough for the shape of a 2-D distribution to be seen. */
const referencePoints = 1000;

/** What a training writes along the way: at each snapshot the weights, and a picture of samples, or their text. */
export class TrainingOutputs {
  private readonly context: StageContext<'train'>;
  private readonly model: Pick<AdversarialModel, 'generator' | 'critic' | 'classes'>;
  private graphs: NetworkGraphs | undefined;
  private readonly reference: { readonly reference?: Float32Array };
  private readonly vocabulary: Vocabulary | undefined;
  private readonly written: number[];

  /** @param written The steps of the snapshots that are in the output folder already, ascending. */
  constructor(
    context: StageContext<'train'>,
    model: Pick<AdversarialModel, 'generator' | 'critic' | 'classes'>,
    real: SampleSet,
    written: readonly number[],
  ) {
    this.context = context;
    this.model = model;
    this.reference = real.shape.length === 1 ? { reference: firstPoints(real) } : {};
    this.vocabulary = real.text?.vocabulary;
    this.written = [...written];
  }

  /** The steps of all snapshots, ascending. */
  get snapshots(): readonly number[] {
    return [...this.written];
  }

  /** Whether a snapshot of a step is wanted, as it always is at the beginning and at the end, and not there yet. */
  lacks(step: number, isEnd: boolean): boolean {
    const every = this.context.fields.snapshots?.every.generator_steps;
    const isWanted = step === 0 || isEnd || (every !== undefined && step % every === 0);
    return isWanted && !this.written.includes(step);
  }

  async write(step: number, trainer: Trainer): Promise<void> {
    const { output } = this.context;
    this.written.push(step);
    const weights = {
      generator: trainer.weights('generator'),
      critic: trainer.weights('critic'),
      ...(this.context.fields.average && { average: trainer.weights('average') }),
    };
    await writeSnapshot(output, step, weights, (this.graphs ??= graphsOf(this.model)));
    await this.show(step, trainer);
  }

  /** Removes what was written after a step. */
  async removeAfter(step: number): Promise<void> {
    const { output } = this.context;
    for (const later of this.written.filter((written) => written > step)) {
      await rm(join(output, snapshotFolder(later)), { recursive: true });
      await rm(join(output, this.shownFile(later)));
    }
    this.written.splice(0, Infinity, ...this.written.filter((written) => written <= step));
  }

  /**
   * Draws samples, always from the same noise, so that what is seen of them differs by the training only; of classes, where there are
   * some, in turn.
   */
  private async show(step: number, trainer: Trainer): Promise<void> {
    const { fields, output } = this.context;
    const count = fields.snapshots?.samples ?? defaultPictured;
    const noise = { seed: fields.seed, purpose: 'latent/snapshot' };
    const { generator, classes } = this.model;
    const labels = classes && classesInTurn(classes.length, inWholeBatches(count));
    const samples = await sampleGenerator(
      generator,
      trainer.weights(fields.average ? 'average' : 'generator'),
      { noise, count, ...(classes && labels && { classes: { count: classes.length, labels } }) },
    );
    await mkdir(join(output, 'samples'), { recursive: true });
    const shown = { name: 'samples', step, file: this.shownFile(step) };
    const told = labels && { labels: labels.subarray(0, count) };
    await showSamples(
      this.context,
      { ...samples, ...told, vocabulary: this.vocabulary },
      shown,
      this.reference,
    );
  }

  private shownFile(step: number): string {
    return `samples/${stepName(step)}${shownEnding(this.vocabulary)}`;
  }
}

function firstPoints(real: SampleSet): Float32Array {
  return real.gather(Int32Array.from({ length: Math.min(referencePoints, real.count) }, (_, index) => index));
}

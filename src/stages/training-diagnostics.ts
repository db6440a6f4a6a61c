import { oneHot } from '../base/one-hot.js';
import { sizeOf } from '../base/shape.js';
import { RandomStream } from '../base/streams.js';
import { diagnosticsOf, type DiagnosticsSpec } from '../spec/diagnostics.js';
import type { RunnableFields } from '../spec/runnable.js';
import { diagnosed, type DiagnosticProbe } from '../tensor/diagnostics.js';
import type { AdversarialModel } from '../tensor/steps.js';
import * as tf from '../tensor/tf.js';
import type { LookedAt, Trainer } from '../tensor/trainer.js';
import type { SampleSet } from './dataset-artifact.js';

/** Looks at a training every so many generator steps, always with the same samples and noise. */
export class TrainingDiagnostics {
  private readonly spec: DiagnosticsSpec;
  private readonly fields: RunnableFields['train'];
  private readonly model: AdversarialModel;
  private readonly probe: DiagnosticProbe;
  private readonly batch: LookedAt;

  constructor(
    spec: DiagnosticsSpec,
    fields: RunnableFields['train'],
    model: AdversarialModel,
    samples: SampleSet,
  ) {
    this.spec = spec;
    this.fields = fields;
    this.model = model;
    const { batch_size: batch, seed } = fields;
    const sample = [batch, ...samples.shape];
    const latent = [batch, ...model.generator.inputShape];
    const stream = (purpose: string) => new RandomStream({ seed, purpose: `${purpose}/diagnostics` });
    const labels = model.classes && samples.labels?.slice(0, batch);
    const classes = model.classes?.length ?? 0;
    this.batch = {
      ...(labels && { labels }),
      real: samples.gather(Int32Array.from({ length: batch }, (_, index) => index)),
      latent: stream('latent').normal(sizeOf(latent)),
    };
    this.probe = {
      real: tf.tensor(this.batch.real, sample),
      latent: tf.tensor(this.batch.latent, latent),
      mix: tf.tensor(stream('mix').uniform(batch), [batch]),
      noise: tf.tensor(stream('noise').uniform(sizeOf(sample)), sample),
      ...(labels && { classes: tf.tensor(oneHot(labels, classes), [batch, classes]) }),
    };
  }

  /** By the names that `metricsOf` lists; nothing at the steps between. */
  at(step: number, trainer: Trainer): Readonly<Record<string, number>> {
    if (step % this.spec.every.generator_steps !== 0) return {};
    const weights = { generator: trainer.weights('generator'), critic: trainer.weights('critic') };
    const { critic_improvement: ahead } = this.spec;
    return {
      ...diagnosed(this.model, weights, this.probe, diagnosticsOf(this.spec, this.fields.lipschitz)),
      ...(ahead && { critic_improvement: trainer.improvementLeft(this.batch, ahead.critic_steps) }),
    };
  }

  dispose(): void {
    tf.dispose(Object.values(this.probe) as tf.Tensor[]);
  }
}

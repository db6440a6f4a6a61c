import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { formatCount, formatNumber } from '../base/format.js';
import { learningRateFactor } from '../base/learning-rate.js';
import {
  divergedFile,
  StageDiverged,
  type Divergence,
  type SavedState,
  type StageContext,
} from '../execute/contract.js';
import type { AdversarialModel } from '../tensor/steps.js';
import { Trainer } from '../tensor/trainer.js';
import type { Losses } from '../tensor/training.js';
import type { SampleSet } from './dataset-artifact.js';
import { areNumbers, DivergenceWatch, lossesMessage } from './divergence-watch.js';
import { KeptStates } from './kept-states.js';
import { writeModelManifest } from './model-artifact.js';
import { TrainingDiagnostics } from './training-diagnostics.js';
import { limitOf, type StepsMade, type TrainingLimit } from './training-limit.js';
import { flipAndCropOf, modelOf, precisionOf } from './training-model.js';
import { TrainingOutputs } from './training-outputs.js';
import { atTheBeginning, restoredTraining, savedTraining } from './training-position.js';
import { TrainingReports } from './training-reports.js';

/** One training from its beginning, or from a checkpoint, to its end: the budget's, or a divergence that is a result. */
export class Training {
  private readonly context: StageContext<'train'>;
  private readonly samples: SampleSet;
  private readonly model: AdversarialModel;
  private readonly limit: TrainingLimit;
  private readonly outputs: TrainingOutputs;
  private readonly reports: TrainingReports;
  private readonly watch: DivergenceWatch | undefined;
  private readonly diagnostics: TrainingDiagnostics | undefined;
  private readonly kept: KeptStates;
  private trainer: Trainer;
  /** Generator steps made. */
  private made = 0;
  private attempt: number;
  private toldDiverged: boolean;
  private hasGoneBack = false;
  private ended: boolean;
  /** That this training ends with, as a result. */
  private divergence: Divergence | undefined;

  /** @throws StageProblem where the data do not suit the architectures or the batch size. */
  constructor(context: StageContext<'train'>, samples: SampleSet, saved: SavedState | undefined) {
    const { fields, now } = context;
    const policy = fields.on_divergence;
    this.context = context;
    this.samples = samples;
    this.model = modelOf(fields, samples);
    this.limit = limitOf(fields, samples.count, now);
    this.reports = new TrainingReports(context, this.model, this.limit);
    this.watch = policy && new DivergenceWatch(policy, this.model, samples, fields.seed);
    this.diagnostics =
      fields.diagnostics && new TrainingDiagnostics(fields.diagnostics, fields, this.model, samples);
    const every = policy?.every ?? Infinity;
    const start = saved === undefined ? undefined : restoredTraining(saved, every);
    const { attempt, snapshots, seconds, toldDiverged } = start?.position ?? atTheBeginning;
    this.attempt = attempt;
    this.toldDiverged = toldDiverged;
    this.kept = start?.kept ?? new KeptStates(every);
    this.outputs = new TrainingOutputs(context, this.model, samples, snapshots);
    this.trainer = this.newTrainer();
    if (start !== undefined) {
      this.trainer.restore(start.state);
      this.made = start.state.generatorSteps;
      this.limit.begin(seconds);
    }
    this.ended = this.limit.isReached(this.stepsMade);
    this.reports.progress(this.stepsMade);
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  private get stepsMade(): StepsMade {
    return { generatorSteps: this.made, criticSteps: this.trainer.criticSteps };
  }

  async writeWhatIsDue(): Promise<void> {
    if (this.outputs.lacks(this.made, this.ended)) await this.outputs.write(this.made, this.trainer);
  }

  /** Has real samples read ahead, where they are not in memory. */
  prepare(): Promise<void> {
    return this.trainer.prepare();
  }

  /** One generator step, with the critic's before it; and what is to follow where the training has diverged. */
  async step(): Promise<void> {
    if (this.made === 0 && this.attempt === 0) this.begin();
    const losses = this.trainer.iterate();
    this.made += 1;
    this.reports.step(this.stepsMade, losses, this.diagnostics?.at(this.made, this.trainer) ?? {});
    // Once a step: the clock may say another thing a moment later.
    this.ended = this.limit.isReached(this.stepsMade);
    const divergence = this.watch?.look(this.made, losses, this.trainer, this.ended);
    if (divergence !== undefined) await this.react(divergence);
    else if (this.watch === undefined) this.tellDivergence(losses);
    else if (this.isRollingBack() && this.kept.isDue(this.made)) this.kept.keep(this.trainer.save());
  }

  /** Whether a checkpoint is due; after going back one is, since files that it counts on are gone. */
  mustSave(isLast: boolean): boolean {
    if (this.divergence !== undefined) return false;
    return isLast || this.hasGoneBack || this.context.checkpoints.isDue(this.made);
  }

  save(): SavedState {
    this.hasGoneBack = false;
    return savedTraining(this.limit.at(this.stepsMade), this.trainer.save(), this.kept, {
      snapshots: this.outputs.snapshots,
      toldDiverged: this.toldDiverged,
      seconds: this.limit.passed(),
      attempt: this.attempt,
    });
  }

  async finish(): Promise<void> {
    const { output, fields } = this.context;
    this.reports.end(this.stepsMade);
    await writeModelManifest(output, {
      generator: fields.generator,
      critic: fields.critic,
      shape: this.samples.shape,
      ...(this.samples.text && { vocabulary: this.samples.text.vocabulary }),
      ...(fields.conditional &&
        this.model.classes && { conditional: { ...fields.conditional, classes: this.model.classes } }),
      average: fields.average !== undefined,
      snapshots: this.outputs.snapshots,
      generator_steps: this.made,
    });
    if (this.divergence !== undefined) await writeJson(join(output, divergedFile), this.divergence);
    this.watch?.dispose();
    this.diagnostics?.dispose();
    this.trainer.dispose();
  }

  private begin(): void {
    this.limit.begin(0);
    if (this.isRollingBack()) this.kept.keep(this.trainer.save());
  }

  private isRollingBack(): boolean {
    return this.context.fields.on_divergence?.action === 'rollback';
  }

  private async react(divergence: Divergence): Promise<void> {
    const policy = this.context.fields.on_divergence;
    switch (policy?.action) {
      case 'mark':
        this.divergence = divergence;
        this.ended = true;
        return;
      case 'rollback':
        if (this.attempt < policy.attempts) return this.goBack(divergence);
        throw new StageDiverged(divergence);
      case 'stop':
      case undefined:
        throw new StageDiverged(divergence);
    }
  }

  private async goBack(divergence: Divergence): Promise<void> {
    const { emit, now } = this.context;
    const state = this.kept.before(divergence.step);
    this.attempt += 1;
    this.trainer.dispose();
    this.trainer = this.newTrainer();
    this.trainer.restore(state);
    this.made = state.generatorSteps;
    this.ended = this.limit.isReached(this.stepsMade);
    await this.outputs.removeAfter(this.made);
    emit({ type: 'rolled_back', timestamp: now(), divergence, to: this.made, attempt: this.attempt });
    emit({ type: 'note', message: this.wayBack(divergence) });
    this.reports.progress(this.stepsMade);
    this.hasGoneBack = true;
  }

  private wayBack({ step, message }: Divergence): string {
    const factor = this.lrFactor();
    const rates = factor === 1 ? '' : ` and learning rates times ${formatNumber(factor)}`;
    return (
      `At generator step ${formatCount(step)} ${message}. Went back to step ${formatCount(this.made)}, ` +
      `with other noise${rates} (rollback ${this.attempt} of ${this.context.fields.on_divergence?.attempts ?? 0}).`
    );
  }

  private lrFactor(): number {
    return (this.context.fields.on_divergence?.lr_factor ?? 1) ** this.attempt;
  }

  private newTrainer(): Trainer {
    const { fields } = this.context;
    const model = this.attempt === 0 ? this.model : modelOf(fields, this.samples, this.lrFactor());
    const flipAndCrop = flipAndCropOf(fields, this.samples);
    return new Trainer(model, this.samples, {
      criticIterations: fields.critic_iterations,
      batchSize: fields.batch_size,
      precision: precisionOf(this.context),
      seed: fields.seed,
      attempt: this.attempt,
      looksAhead: fields.diagnostics?.critic_improvement !== undefined,
      ...(flipAndCrop && { flipAndCrop }),
      rateFactor: (role, step) =>
        learningRateFactor(fields.optimizer[role].schedule, step, this.limit.generatorSteps),
    });
  }

  /** Once, where nothing else is to follow. */
  private tellDivergence(losses: Losses): void {
    if (this.toldDiverged || areNumbers(losses)) return;
    this.toldDiverged = true;
    const message = `${lossesMessage.replace('the', 'The')} at generator step ${this.made}.`;
    this.context.emit({ type: 'note', message });
  }
}

async function writeJson(path: string, value: object): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

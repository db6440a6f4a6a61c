import type { StageContext } from '../execute/contract.js';
import type { AdversarialModel } from '../tensor/steps.js';
import { penaltyOf } from '../tensor/gradient-penalty.js';
import type { IterationResult } from '../tensor/trainer.js';
import type { StepsMade, TrainingLimit } from './training-limit.js';

const progressInterval = 200;

/** Tells of each generator step: its metrics always, progress five times a second. */
export class TrainingReports {
  private readonly context: Pick<StageContext<'train'>, 'emit' | 'now' | 'fields'>;
  private readonly model: Pick<AdversarialModel, 'objective' | 'constraint'>;
  private readonly limit: TrainingLimit;
  private toldAt = -Infinity;

  constructor(
    context: Pick<StageContext<'train'>, 'emit' | 'now' | 'fields'>,
    model: Pick<AdversarialModel, 'objective' | 'constraint'>,
    limit: TrainingLimit,
  ) {
    this.context = context;
    this.model = model;
    this.limit = limit;
  }

  progress(made: StepsMade): void {
    this.context.emit({ type: 'progress', ...this.limit.progress(made) });
  }

  /** @param result Of the last generator step. */
  step(
    made: StepsMade,
    { critic, generator, penalty, criticIterations }: IterationResult,
    diagnostics: Readonly<Record<string, number>>,
  ): void {
    const { emit, now, fields } = this.context;
    const { objective, constraint } = this.model;
    const factor = penaltyOf(constraint)?.factor ?? 0;
    const timestamp = now();
    emit({
      type: 'metrics',
      step: made.generatorSteps,
      timestamp,
      values: {
        [objective.estimate.name]: objective.estimate.of(critic),
        critic_loss: critic + factor * (penalty ?? 0),
        generator_loss: generator,
        ...(penalty !== undefined && { gradient_penalty: penalty }),
        ...(fields.critic_iterations.type !== 'constant' && { critic_iterations: criticIterations }),
        ...diagnostics,
      },
    });
    if (timestamp - this.toldAt < progressInterval) return;
    this.toldAt = timestamp;
    this.progress(made);
  }

  end(made: StepsMade): void {
    this.progress(made);
    const message = this.limit.reached(made);
    if (message !== undefined) this.context.emit({ type: 'note', message });
  }
}

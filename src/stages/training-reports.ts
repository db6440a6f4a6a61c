import type { StageContext } from '../execute/contract.js';
import type { AdversarialModel } from '../tensor/steps.js';
import type { Losses } from '../tensor/training.js';
import type { TrainingLimit } from './training-limit.js';

const progressInterval = 200;

/** Tells of each generator step: its metrics always, progress five times a second. */
export class TrainingReports {
  private readonly context: Pick<StageContext<'train'>, 'emit' | 'now'>;
  private readonly model: Pick<AdversarialModel, 'objective' | 'penalty'>;
  private readonly limit: TrainingLimit;
  private toldAt = -Infinity;

  constructor(
    context: Pick<StageContext<'train'>, 'emit' | 'now'>,
    model: Pick<AdversarialModel, 'objective' | 'penalty'>,
    limit: TrainingLimit,
  ) {
    this.context = context;
    this.model = model;
    this.limit = limit;
  }

  progress(step: number): void {
    this.context.emit({ type: 'progress', ...this.limit.progress(step) });
  }

  /** @param step Generator steps made; `losses` are of the last of them. */
  step(step: number, losses: Losses): void {
    const { emit, now } = this.context;
    const { objective, penalty: lambda = 0 } = this.model;
    const { critic, generator, penalty } = losses;
    const timestamp = now();
    emit({
      type: 'metrics',
      step,
      timestamp,
      values: {
        [objective.estimate.name]: objective.estimate.of(critic),
        critic_loss: critic + lambda * (penalty ?? 0),
        generator_loss: generator,
        ...(penalty !== undefined && { gradient_penalty: penalty }),
      },
    });
    if (timestamp - this.toldAt < progressInterval) return;
    this.toldAt = timestamp;
    this.progress(step);
  }

  end(step: number): void {
    this.progress(step);
    const message = this.limit.reached(step);
    if (message !== undefined) this.context.emit({ type: 'note', message });
  }
}

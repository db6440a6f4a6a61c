import type { StageContext } from '../execute/contract.js';
import type { Objective } from '../tensor/objectives.js';
import type { Losses } from '../tensor/training.js';
import type { TrainingLimit } from './training-limit.js';

const progressInterval = 200;

/** Tells of each generator step: its metrics always, progress five times a second. */
export class TrainingReports {
  private readonly context: Pick<StageContext<'train'>, 'emit' | 'now'>;
  private readonly estimate: Objective['estimate'];
  private readonly limit: TrainingLimit;
  private toldAt = -Infinity;

  constructor(
    context: Pick<StageContext<'train'>, 'emit' | 'now'>,
    { estimate }: Objective,
    limit: TrainingLimit,
  ) {
    this.context = context;
    this.estimate = estimate;
    this.limit = limit;
  }

  progress(step: number): void {
    this.context.emit({ type: 'progress', ...this.limit.progress(step) });
  }

  /** @param step Generator steps made; `losses` are of the last of them. */
  step(step: number, losses: Losses): void {
    const { emit, now } = this.context;
    const timestamp = now();
    emit({
      type: 'metrics',
      step,
      timestamp,
      values: {
        [this.estimate.name]: this.estimate.of(losses.critic),
        critic_loss: losses.critic,
        generator_loss: losses.generator,
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

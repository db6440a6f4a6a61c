import { formatNumber } from '../base/format.js';
import type { Divergence } from '../execute/contract.js';
import type { RunnableFields } from '../spec/runnable.js';
import { areFinite, CollapseProbe } from '../tensor/collapse.js';
import type { Objective } from '../tensor/objectives.js';
import type { AdversarialModel } from '../tensor/steps.js';
import type { Trainer } from '../tensor/trainer.js';
import type { Losses } from '../tensor/training.js';
import type { SampleSet } from './dataset-artifact.js';

export type DivergencePolicy = NonNullable<RunnableFields['train']['on_divergence']>;

/** Looks at a training between two generator steps, and says where nothing is learnt any more. */
export class DivergenceWatch {
  private readonly policy: DivergencePolicy;
  private readonly estimate: Objective['estimate'];
  private readonly probe: CollapseProbe;

  constructor(policy: DivergencePolicy, model: AdversarialModel, samples: SampleSet, seed: number) {
    this.policy = policy;
    this.estimate = model.objective.estimate;
    this.probe = new CollapseProbe(model, samples, seed);
  }

  /**
   * At losses after each step; at weights and at what the networks answer after every so many, and after the last.
   *
   * @param step Generator steps made.
   * @param losses Of the last of them.
   */
  look(step: number, losses: Losses, trainer: Trainer, isLast: boolean): Divergence | undefined {
    if (!areNumbers(losses)) return { kind: 'not_finite', step, message: lossesMessage };
    const { max_estimate: most, every } = this.policy;
    const estimate = this.estimate.of(losses.critic);
    if (Math.abs(estimate) > most) {
      const message = `the ${this.estimate.name} is ${formatNumber(estimate)}, beyond ${formatNumber(most)}`;
      return { kind: 'exploding', step, message };
    }
    if (!isLast && step % every !== 0) return undefined;
    const weights = { generator: trainer.weights('generator'), critic: trainer.weights('critic') };
    if (!areFinite(weights.generator) || !areFinite(weights.critic)) {
      return { kind: 'not_finite', step, message: 'weights are no longer finite' };
    }
    const collapsed = this.probe.collapsed(weights);
    return collapsed && { kind: 'collapsed', step, message: collapseMessages[collapsed] };
  }

  dispose(): void {
    this.probe.dispose();
  }
}

export const lossesMessage = 'the losses are no longer finite';

const collapseMessages = {
  generator: 'the generator makes the same sample of every noise',
  critic: 'the critic gives all samples the same score, real and generated',
} as const;

export function areNumbers({ critic, generator, penalty = 0 }: Losses): boolean {
  return Number.isFinite(critic) && Number.isFinite(generator) && Number.isFinite(penalty);
}

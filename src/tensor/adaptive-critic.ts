import type { AdaptiveCriticIterations } from '../base/critic-iterations.js';

/** What the rule does with a critic, the generator standing still. */
export interface CriticAtWork<Losses> {
  /** One more critic step. */
  readonly step: () => Losses;
  /** The critic's loss on samples and noise that are the same each time, and drawn apart from those of the steps. */
  readonly loss: () => number;
}

/**
 * Critic steps until one of them improves the loss L by less than a threshold, between bounds: the last step k is the
 * first, from `min` on, with
 *
 *     (L_{k-1} - L_k) / max(|L_{k-1}|, |L_k|) < threshold
 *
 * or step `max`. "Train the critic till optimality" (arXiv 1701.07875, section 3) made a rule; it was not found to be
 * better than a well-chosen constant.
 *
 * @returns what the last step returned.
 */
export function trainUntilNoBetter<Losses>(
  { min, max, threshold }: Omit<AdaptiveCriticIterations, 'type'>,
  critic: CriticAtWork<Losses>,
): Losses {
  let before = critic.loss();
  for (let made = 1; ; made += 1) {
    const losses = critic.step();
    if (made >= max) return losses;
    const after = critic.loss();
    const improvement = (before - after) / Math.max(Math.abs(before), Math.abs(after));
    // Not a number where both losses are 0, or not finite: no better.
    if (made >= min && !(improvement >= threshold)) return losses;
    before = after;
  }
}

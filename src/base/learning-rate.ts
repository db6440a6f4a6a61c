/** How a learning rate changes over a training. */
export interface LearningRateSchedule {
  readonly type: 'constant' | 'linear' | 'cosine';
  /** Before this many generator steps are made the rate grows linearly to its full size. */
  readonly warm_up?: { readonly generator_steps: number };
  /** The share of the rate that is left at the end of the training. */
  readonly final?: number;
}

/**
 * What the learning rate is multiplied by at a generator step, counted from 0, with w steps of warm-up, of T in all:
 *
 *     (step + 1) / w             while step < w, and then, with p = (step - w) / (T - w),
 *     1                          constant
 *     1 - (1 - final) p          linear
 *     final + (1 - final) (1 + cos(pi p)) / 2      cosine (arXiv 1608.03983, equation 5, without restarts)
 *
 * @param steps T, where it is known: `constant` does not need it.
 */
export function learningRateFactor(
  { type, warm_up, final = 0 }: LearningRateSchedule,
  step: number,
  steps: number | undefined,
): number {
  const warmUp = warm_up?.generator_steps ?? 0;
  if (step < warmUp) return (step + 1) / warmUp;
  if (type === 'constant' || steps === undefined || steps <= warmUp) return 1;
  const progress = Math.min(1, (step - warmUp) / (steps - warmUp));
  const left = type === 'linear' ? 1 - progress : (1 + Math.cos(Math.PI * progress)) / 2;
  return final + (1 - final) * left;
}

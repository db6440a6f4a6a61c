import { type Spread, unbounded } from './estimate.js';

/** A ratio of two means, and by what they may be off. */
export interface RatioErrors {
  /** Numerator over denominator, as `quotient` has it. */
  readonly ratio: number;
  readonly numerator: number;
  readonly denominator: number;
  /** What standard errors are multiplied with, for the level asked for. */
  readonly quantile: number;
  readonly errorOfNumerator: number;
  readonly errorOfDenominator: number;
  /** Of `numerator - ratio * denominator`, all in units of the denominator; not asked for where the ratio is infinite. */
  readonly residual: () => {
    readonly error: number;
    /** With the denominator. */
    readonly covariance: number;
  };
}

/** Never -0; NaN for 0 / 0. */
export function quotient(numerator: number, denominator: number): number {
  return numerator / denominator + 0;
}

/**
 * Fieller's set (Fieller 1954, "Some problems in interval estimation", section 2): all r with
 *
 *     |a - r b| <= t error(a - r b),
 *
 * which is an interval where the denominator's own, b ± t error(b), leaves 0 out. Elsewhere it is all numbers, or those outside of an
 * interval; both count as unbounded.
 *
 * With r = a / b + d, q = t error(b) / b, w = t error(e) / b and h = -t^2 cov(e, b) / b^2 of the residual e = a - (a / b) b that is
 *
 *     (1 - q^2) d^2 - 2 h d - w^2 <= 0:
 *
 * one end on each side of d = 0, and a discriminant h^2 + (1 - q^2) w^2 that is a sum, so nothing cancels.
 */
export function fiellerSet(given: RatioErrors): Spread {
  const { ratio, numerator, denominator, quantile, errorOfNumerator, errorOfDenominator } = given;
  const infinite: Spread = { kind: 'interval', low: ratio, high: ratio };
  if (denominator === 0) {
    // No number is in the set where the denominator is 0 for certain, and the numerator is not: the ratio is infinite.
    const isInfinite = errorOfDenominator === 0 && Math.abs(numerator) > quantile * errorOfNumerator;
    return isInfinite ? infinite : unbounded;
  }
  const q = (quantile * errorOfDenominator) / Math.abs(denominator);
  if (q >= 1) return unbounded;
  if (!Number.isFinite(ratio)) return infinite;
  const residual = given.residual();
  const w = quantile * residual.error;
  const h = -residual.covariance * quantile ** 2;
  const leading = (1 - q) * (1 + q);
  const reach = Math.abs(h) + Math.hypot(h, Math.sqrt(leading) * w);
  // Beyond the largest of doubles.
  if (!Number.isFinite(reach)) return unbounded;
  if (reach === 0) return { kind: 'interval', low: ratio, high: ratio };
  const [far, near] = [reach / leading, w * (w / reach)];
  return h < 0
    ? { kind: 'interval', low: ratio - far, high: ratio + near }
    : { kind: 'interval', low: ratio - near, high: ratio + far };
}

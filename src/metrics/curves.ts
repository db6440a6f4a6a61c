import { required } from '../base/invariant.js';

export interface Point {
  /** Of the generator. */
  readonly step: number;
  /** May be NaN or infinite. */
  readonly value: number;
}

/** One metric of one stage over its steps, in ascending order of steps. */
export interface Curve {
  readonly metric: string;
  readonly points: readonly Point[];
}

/** What a stage has logged, as curves in the order in which they first appear. Of several values at one step the last counts. */
export function curvesIn(
  logged: readonly { readonly step: number; readonly values: Readonly<Record<string, number>> }[],
): readonly Curve[] {
  const byMetric = new Map<string, Map<number, number>>();
  for (const event of logged) {
    for (const [metric, value] of Object.entries(event.values)) {
      const values = byMetric.get(metric) ?? new Map<number, number>();
      values.set(event.step, value);
      byMetric.set(metric, values);
    }
  }
  return [...byMetric].map(([metric, values]) => ({
    metric,
    points: [...values].map(([step, value]) => ({ step, value })).sort((a, b) => a.step - b.step),
  }));
}

export function isFinitePoint(point: Point): boolean {
  return Number.isFinite(point.value);
}

/** Window of what smooths a curve, in points. */
export const smoothingWindow = 25;

/**
 * At each finite point the median of it and of up to `window - 1` finite points before it, never of later
 * ones: what one would have seen at that step. The paper's figures smooth the estimate in the same way.
 */
export function runningMedian(points: readonly Point[], window = smoothingWindow): readonly Point[] {
  return smoothed(points, window, median);
}

/** The same with the mean: for what swings between two levels, where the median would jump from one to the other. */
export function runningMean(points: readonly Point[], window = smoothingWindow): readonly Point[] {
  return smoothed(points, window, mean);
}

function smoothed(
  points: readonly Point[],
  window: number,
  summary: (values: readonly number[]) => number,
): readonly Point[] {
  const finite = points.filter(isFinitePoint);
  return finite.map(({ step }, index) => {
    const values = finite.slice(Math.max(0, index - window + 1), index + 1).map((point) => point.value);
    return { step, value: summary(values) };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = required(sorted[Math.floor(sorted.length / 2)], 'the median of no values');
  const lower = required(sorted[Math.ceil(sorted.length / 2) - 1], 'the median of no values');
  return (lower + upper) / 2;
}

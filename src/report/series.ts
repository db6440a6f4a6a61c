import type { StageRecord } from '../execute/record.js';
import { type Curve, curvesIn, isFinitePoint, type Point } from '../metrics/curves.js';

/** A stage's metrics in the order in which they first appear. Of several values at one step the last counts. */
export function seriesOf(record: StageRecord): readonly Curve[] {
  return curvesIn(record.metrics);
}

/**
 * At most about `limit` points that draw the same picture: of each group of neighbours the lowest and the
 * highest stay, so no spike is lost. A gap (a point that is not finite) stays a gap.
 */
export function thin(points: readonly Point[], limit: number): readonly Point[] {
  if (points.length <= limit) return points;
  const size = Math.ceil((2 * points.length) / limit);
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    kept.push(...extremes(points.slice(start, start + size)));
  }
  return kept;
}

function extremes(group: readonly Point[]): readonly Point[] {
  const finite = group.filter(isFinitePoint);
  const [first] = finite;
  if (first === undefined) return group.slice(0, 1);
  let lowest = first;
  let highest = first;
  for (const point of finite) {
    if (point.value < lowest.value) lowest = point;
    if (point.value > highest.value) highest = point;
  }
  const gap = group.find((point) => !isFinitePoint(point));
  const chosen = new Set(gap === undefined ? [lowest, highest] : [lowest, highest, gap]);
  return group.filter((point) => chosen.has(point));
}

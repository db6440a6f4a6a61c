import { formatCount, plural } from '../base/format.js';
import { err, ok, type Result } from '../base/result.js';
import { isFinitePoint, type Point, runningMedian } from './curves.js';
import { type RankCorrelation, rankCorrelation } from './rank-correlation.js';
import type { MetricRefusal } from './samples.js';

/** A curve, and what a message calls it. */
export interface NamedCurve {
  readonly name: string;
  readonly points: readonly Point[];
}

/** How a curve is looked at. */
export interface Smoothing {
  /** Finite points of which a value is the median: it and those before it, never later ones. */
  readonly window: number;
  /** The first generator step that counts. Medians there are of points before it, too. */
  readonly start: number;
}

/** What a value reaches, exactly or beyond. */
export type Level = { readonly at_most: number } | { readonly at_least: number };

const fewest = 3;

/**
 * Whether an estimate ranks the snapshots of its training as a metric of their quality does: rank correlations of the metric with the
 * estimate's causal median, over those steps from `start` on at which both have a finite value.
 */
export function estimateCorrelation(
  quality: NamedCurve,
  estimate: NamedCurve,
  { window, start }: Smoothing,
): Result<RankCorrelation & { readonly snapshots: number }, MetricRefusal> {
  const medians = new Map(runningMedian(estimate.points, window).map(({ step, value }) => [step, value]));
  const pairs = quality.points.filter(isFinitePoint).flatMap(({ step, value }) => {
    const median = step < start ? undefined : medians.get(step);
    return median === undefined ? [] : [[value, median] as const];
  });
  if (pairs.length < fewest) {
    const both = `${quality.name} has ${plural(pairs.length, 'finite value')} where ${estimate.name} has one, too`;
    return err({ message: both + from(start) + needed, help: tooFewHelp });
  }
  const [values, estimates] = [pairs.map(([value]) => value), pairs.map(([, median]) => median)];
  const found = rankCorrelation(values, estimates);
  if (found !== undefined) return ok({ ...found, snapshots: pairs.length });
  const constant = values.every((value) => value === values[0])
    ? quality.name
    : `the median of ${estimate.name}`;
  return err({
    message: `${constant} is the same at all ${formatCount(pairs.length)} snapshots, so that it has no ranks to correlate`,
    help: 'Use a metric that changes over the training.',
  });
}

/**
 * The slope of the line through a curve's causal medians, by least squares over the generator step, for each 1,000 steps: of their decimal
 * logarithms, or of themselves.
 */
export function convergenceSlope(
  { name, points }: NamedCurve,
  { window, start, scale }: Smoothing & { readonly scale: 'log' | 'linear' },
): Result<number, MetricRefusal> {
  const medians = smoothed(points, { window, start });
  if (medians.length < fewest) return err(tooFew(name, medians.length, start));
  const bad = scale === 'log' ? medians.find(({ value }) => value <= 0) : undefined;
  if (bad !== undefined) {
    return err({
      message: `${name} is ${bad.value} at generator step ${formatCount(bad.step)}, which has no logarithm`,
      help: 'Write `scale: linear`, or let `start` leave out what is not positive.',
    });
  }
  const height = ({ value }: Point) => (scale === 'log' ? Math.log10(value) : value);
  return ok(1000 * leastSquaresSlope(medians.map((point) => [point.step, height(point)])));
}

/** The first generator step at which a curve's causal median reaches a level; infinite where none does. */
export function timeToLevel(
  { name, points }: NamedCurve,
  { window, start, level }: Smoothing & { readonly level: Level },
): Result<number, MetricRefusal> {
  const medians = smoothed(points, { window, start });
  if (medians.length === 0) return err(tooFew(name, 0, start));
  return ok(medians.find(({ value }) => reaches(value, level))?.step ?? Infinity);
}

/** The share of a curve's points from `start` on that reach a level, as they were logged. Those that are NaN do not. */
export function shareOfSteps(
  { name, points }: NamedCurve,
  { start, level }: { readonly start: number; readonly level: Level },
): Result<number, MetricRefusal> {
  const counted = points.filter(({ step }) => step >= start);
  if (counted.length === 0) return err(tooFew(name, 0, start));
  return ok(counted.filter(({ value }) => reaches(value, level)).length / counted.length);
}

function smoothed(points: readonly Point[], { window, start }: Smoothing): readonly Point[] {
  return runningMedian(points, window).filter(({ step }) => step >= start);
}

function reaches(value: number, level: Level): boolean {
  return 'at_most' in level ? value <= level.at_most : value >= level.at_least;
}

function leastSquaresSlope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(([x]) => x), mean(([, y]) => y)];
  return mean((point) => (point[0] - x) * (point[1] - y)) / mean((point) => (point[0] - x) ** 2);
}

function tooFew(name: string, found: number, start: number): MetricRefusal {
  return found === 0
    ? { message: `${name} has no finite value${from(start)}`, help: tooFewHelp }
    : { message: `${name} has ${plural(found, 'finite value')}${from(start)}${needed}`, help: tooFewHelp };
}

const from = (start: number): string => (start === 0 ? '' : ` from generator step ${formatCount(start)} on`);
const needed = `, and ${fewest} are needed`;
const tooFewHelp = 'Train for longer, keep more snapshots, or lower `start`.';

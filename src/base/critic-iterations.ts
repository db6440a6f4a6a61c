import type { JsonObject, JsonValue } from './json.js';

/** How many critic steps come before each generator step. */
export type CriticIterations =
  { readonly type: 'constant'; readonly count: number } | CriticSchedule | AdaptiveCriticIterations;

/** `count`, but `boost` before the first few generator steps and before every so many. */
export interface CriticSchedule {
  readonly type: 'schedule';
  readonly count: number;
  readonly boost: number;
  readonly first: { readonly generator_steps: number };
  readonly every?: { readonly generator_steps: number };
}

/** As many as the critic goes on getting better by. */
export interface AdaptiveCriticIterations {
  readonly type: 'adaptive';
  readonly min: number;
  readonly max: number;
  readonly threshold: number;
}

/**
 * Critic steps before a generator step, counted from 0. A schedule is that of the reference code (main.py of
 * github.com/martinarjovsky/WassersteinGAN): more where `step < first` or `step % every == 0`.
 */
export function criticStepsBefore(
  iterations: Exclude<CriticIterations, AdaptiveCriticIterations>,
  step: number,
): number {
  if (iterations.type === 'constant') return iterations.count;
  const { count, boost, first, every } = iterations;
  const isBoosted =
    step < first.generator_steps || (every !== undefined && step % every.generator_steps === 0);
  return isBoosted ? boost : count;
}

/** Critic steps of the first so many generator steps; undefined where only the training tells. */
export function criticStepsOf(iterations: CriticIterations, generatorSteps: number): number | undefined {
  switch (iterations.type) {
    case 'constant':
      return generatorSteps * iterations.count;
    case 'schedule': {
      const { count, boost, first, every } = iterations;
      const before = Math.min(generatorSteps, first.generator_steps);
      // Multiples of `every` among the steps from `first` on.
      const multiples = (end: number) => (every === undefined ? 0 : Math.ceil(end / every.generator_steps));
      const boosted = before + multiples(generatorSteps) - multiples(before);
      return boosted * boost + (generatorSteps - boosted) * count;
    }
    case 'adaptive':
      return undefined;
  }
}

/** The fewest generator steps that so many critic steps, or more, come before; undefined as above. */
export function generatorStepsFor(iterations: CriticIterations, criticSteps: number): number | undefined {
  switch (iterations.type) {
    case 'constant':
      return Math.ceil(criticSteps / iterations.count);
    case 'schedule': {
      // The number of critic steps grows with that of generator steps, by 1 at least.
      let [low, high] = [0, Math.ceil(criticSteps)];
      // Beyond whole numbers a search by halves would never end.
      if (!Number.isSafeInteger(high)) return Math.ceil(criticSteps / iterations.count);
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if ((criticStepsOf(iterations, middle) ?? 0) >= criticSteps) high = middle;
        else low = middle + 1;
      }
      return low;
    }
    case 'adaptive':
      return undefined;
  }
}

/** What a schedule has where it does not say: the reference code's numbers. */
export const scheduleDefaults = { boost: 100, first: 25 } as const;

/** Out of a field as it was written or recorded; undefined where it is no such thing. */
export function criticIterationsIn(field: JsonValue | undefined): CriticIterations | undefined {
  const count = positive(member(field, 'count'));
  const type = member(field, 'type');
  // How many steps there will be does not follow from its numbers.
  if (type === 'adaptive') return { type, min: 1, max: 1, threshold: 1 };
  if (count === undefined) return undefined;
  if (type === 'constant') return { type, count };
  const boost = positive(member(field, 'boost') ?? scheduleDefaults.boost);
  if (type !== 'schedule' || boost === undefined) return undefined;
  const first = stepsIn(member(field, 'first')) ?? scheduleDefaults.first;
  const every = positive(stepsIn(member(field, 'every')));
  const rest = every === undefined ? {} : { every: { generator_steps: every } };
  return { type, count, boost, first: { generator_steps: first }, ...rest };
}

function stepsIn(value: JsonValue | undefined): number | undefined {
  const steps = member(value, 'generator_steps');
  return typeof steps === 'number' && steps >= 0 ? steps : undefined;
}

function positive(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  const isMap = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  return isMap ? (value as JsonObject)[key] : undefined;
}

import type { Estimate } from '../../base/estimate.js';
import { numberOrWord } from '../../base/finite-or-word.js';
import { plural } from '../../base/format.js';
import { unlikeField, unlikeWords, type MetricIdentity } from '../../base/metric-identity.js';
import type { PlannedAssertion } from '../../spec/fields.js';
import { pairedDifference, unpairedDifference } from '../../statistics/means.js';
import { pairedRatio, unpairedRatio } from '../../statistics/ratios.js';
import { lackIn, pairsOf, valuesOf } from './samples.js';
import type { CollectedValue } from './values.js';

/** An estimate, or why there is none: a clause. */
export type Outcome = { readonly estimate: Estimate } | { readonly lacks: string };

/** Something beside which a metric is: the same at another place, another metric, or past runs. */
export interface Other {
  readonly words: string;
  readonly difference: () => Outcome;
  readonly ratio: () => Outcome;
  /** Why its values must not be compared with the metric's, a clause: they are of unlike things. */
  readonly unlike: string | undefined;
}

/** Cells of this run, in pairs of equal seeds. */
export function otherCells(
  own: readonly CollectedValue[],
  other: readonly CollectedValue[],
  confidence: number,
  { words, isSameMetric }: { readonly words: string; readonly isSameMetric: boolean },
): Other {
  const { found, identities } = pairsOf(own, other);
  const pairs = 'pairs' in found ? found.pairs : [];
  const sides = [pairs.map(([value]) => value), pairs.map(([, beside]) => beside)] as const;
  const lacks = 'lacks' in found ? found.lacks : undefined;
  return {
    words,
    difference: () => outcomeOf(lacks ?? noDifference(...sides), () => pairedDifference(pairs, confidence)),
    ratio: () => outcomeOf(lacks ?? noRatio(...sides), () => pairedRatio(pairs, confidence)),
    unlike: isSameMetric ? unlikeIn(identities) : undefined,
  };
}

/** Runs of the past, which are independent of those of the present; but for what is the present's own, taken from the cache. */
export function otherRuns(
  own: readonly CollectedValue[],
  { mlflow, runs: all }: NonNullable<PlannedAssertion['baseline']>,
  confidence: number,
): Other {
  const ownKeys = new Set<string>(own.map(({ key }) => key));
  const runs = all.filter(({ key }) => key === undefined || !ownKeys.has(key));
  const broken = runs.find(({ value }) => value === 'NaN');
  const missing =
    lackIn(own) ??
    (runs.length === 0 ? 'there is no past run to compare with' : undefined) ??
    (broken && `it is not a number in the past run "${broken.name}"`);
  const sides = [valuesOf(own), runs.map(({ value }) => numberOrWord(value))] as const;
  // A metric that is named on purpose may be another.
  const identities =
    mlflow.metric === undefined ? own.flatMap(({ identity }) => identity ?? []).slice(0, 1) : [];
  const unlike = identities.flatMap((identity) =>
    runs.flatMap((run) => {
      // Canonical JSON of an identity: what the tag of a run of ours has.
      const words = run.identity && unlikeIn([[identity, run.identity as unknown as MetricIdentity]]);
      return words === undefined ? [] : [`${words}, in the past run "${run.name}"`];
    }),
  );
  return {
    words: `${plural(runs.length, 'past run')} of "${mlflow.experiment}"`,
    difference: () =>
      outcomeOf(missing ?? noDifference(...sides), () => unpairedDifference(...sides, confidence)),
    ratio: () => outcomeOf(missing ?? noRatio(...sides), () => unpairedRatio(...sides, confidence)),
    unlike: unlike[0],
  };
}

function outcomeOf(lacks: string | undefined, estimate: () => Estimate): Outcome {
  return lacks === undefined ? { estimate: estimate() } : { lacks };
}

function noDifference(own: readonly number[], other: readonly number[]): string | undefined {
  const isInfinite = (values: readonly number[]) => values.some((value) => !Number.isFinite(value));
  return isInfinite(own) && isInfinite(other) ? 'values of both are infinite' : undefined;
}

/** That one is twice another says what it seems to say only of values that are not negative. */
function noRatio(own: readonly number[], other: readonly number[]): string | undefined {
  if ([...own, ...other].some((value) => value < 0)) return 'a ratio says nothing of negative values';
  if ([...own, ...other].every((value) => value === 0)) return 'both are 0';
  return noDifference(own, other);
}

function unlikeIn(identities: readonly (readonly [MetricIdentity, MetricIdentity])[]): string | undefined {
  const fields = identities.flatMap(([one, other]) => unlikeField(one, other) ?? []);
  return fields[0] && `they are of ${unlikeWords[fields[0]]}`;
}

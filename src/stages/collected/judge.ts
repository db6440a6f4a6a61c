import type { Estimate } from '../../base/estimate.js';
import { plural } from '../../base/format.js';
import { unlikeField, unlikeWords, type MetricIdentity } from '../../base/metric-identity.js';
import { StageProblem } from '../../execute/contract.js';
import { worstOf, type Finding, type VerdictEvent } from '../../execute/judged.js';
import { axesName, replication, withoutSeed, type Axes } from '../../resolve/axes.js';
import type { Place } from '../../spec/assertions.js';
import type { PlannedAssertion } from '../../spec/fields.js';
import type { Pair } from '../../statistics/estimate.js';
import { meanOf, pairedDifference, unpairedDifference } from '../../statistics/means.js';
import { pairedRatio, unpairedRatio } from '../../statistics/ratios.js';
import { heldAgainst } from './bounds.js';
import { lackIn, valuesOf, pairsOf } from './samples.js';
import type { CollectedValue, CollectedValues } from './values.js';

/** What assertions read beside their own metric. */
export function comparedMetrics(assertions: readonly PlannedAssertion[]): readonly string[] {
  return assertions.flatMap(({ metric, versus }) => [metric, versus?.metric ?? metric]);
}

/**
 * Holds assertions against what was collected: each at every place on the collected axes (but the seed, along which values are
 * replications), or at those of its `where`.
 *
 * @throws StageProblem at an assertion that compares values of unlike things.
 */
export function judge(
  assertions: readonly PlannedAssertion[],
  values: CollectedValues,
  confidence: number,
): VerdictEvent {
  const findings = assertions.flatMap((assertion, index) => {
    const held = new Held(assertion, index, values, confidence);
    return held.findings();
  });
  return { type: 'verdict', verdict: worstOf(findings.map(({ verdict }) => verdict)), confidence, findings };
}

/** Something beside which a metric is: the same at another place, another metric, or past runs. */
interface Other {
  readonly words: string;
  readonly difference: () => Outcome;
  readonly ratio: () => Outcome;
}

type Outcome = { readonly estimate: Estimate } | { readonly lacks: string };

class Held {
  readonly #assertion: PlannedAssertion;
  readonly #index: number;
  readonly #values: CollectedValues;
  readonly #confidence: number;

  constructor(assertion: PlannedAssertion, index: number, values: CollectedValues, confidence: number) {
    this.#assertion = assertion;
    this.#index = index;
    this.#values = values;
    this.#confidence = confidence;
  }

  findings(): readonly Finding[] {
    const { metric, where = {} } = this.#assertion;
    const places = this.#values.places.filter(
      (place) => liesAt(place, withoutSeed(where)) && this.#valuesAt(metric, place).length > 0,
    );
    const findings = places.flatMap((place) => this.#at(place));
    if (findings.length > 0) return findings;
    const reason =
      places.length === 0 ? 'no cell is there that it is about' : 'it compares cells with themselves';
    const about = { assertion: this.#index, metric, place: where };
    return [{ verdict: 'inconclusive', ...about, of: 'value', bounds: {}, reason }];
  }

  #at(place: Axes): readonly Finding[] {
    const { min, max, min_ratio, max_ratio, min_difference, max_difference } = this.#assertion;
    const other = this.#otherThan(place);
    return [
      ...this.#finding(place, 'value', { min, max }, undefined, () => this.#own(place)),
      ...(other
        ? [
            ...this.#finding(place, 'ratio', { min: min_ratio, max: max_ratio }, other.words, other.ratio),
            ...this.#finding(
              place,
              'difference',
              { min: min_difference, max: max_difference },
              other.words,
              other.difference,
            ),
          ]
        : []),
    ];
  }

  #finding(
    place: Axes,
    of: Finding['of'],
    { min, max }: { readonly min: number | undefined; readonly max: number | undefined },
    versus: string | undefined,
    outcomeOf: () => Outcome,
  ): readonly Finding[] {
    if (min === undefined && max === undefined) return [];
    const bounds = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
    const { metric } = this.#assertion;
    const about = {
      assertion: this.#index,
      metric,
      place,
      of,
      ...(versus !== undefined && { versus }),
      bounds,
    };
    const outcome = outcomeOf();
    return 'lacks' in outcome
      ? [{ verdict: 'inconclusive', ...about, reason: outcome.lacks }]
      : [{ ...heldAgainst(outcome.estimate, bounds), ...about, estimate: outcome.estimate }];
  }

  /** Of all seeds, or of the one that the assertion is about. */
  #valuesAt(metric: string, place: Axes): readonly CollectedValue[] {
    const { [replication]: seed } = this.#assertion.where ?? {};
    const values = this.#values.at(metric, place);
    return seed === undefined ? values : values.filter((value) => String(value.seed) === String(seed));
  }

  #own(place: Axes): Outcome {
    const own = this.#valuesAt(this.#assertion.metric, place);
    const lacks = lackIn(own);
    return lacks === undefined ? { estimate: meanOf(valuesOf(own), this.#confidence) } : { lacks };
  }

  /** Undefined where there is nothing to compare with, or only the same. */
  #otherThan(place: Axes): Other | undefined {
    const { metric, versus, baseline } = this.#assertion;
    if (baseline) return this.#past(place, baseline);
    if (!versus) return undefined;
    const { metric: otherMetric = metric, ...axes } = versus;
    const otherPlace = { ...place, ...(axes as Place) };
    if (otherMetric === metric && axesName(otherPlace) === axesName(place)) return undefined;
    const own = this.#valuesAt(metric, place);
    const other = this.#valuesAt(otherMetric, otherPlace);
    const words = [otherMetric === metric ? '' : otherMetric, axesName(axes)].join(' ').trim();
    const pairs = pairsOf(own, other);
    this.#refuseUnlike(pairs.identities, words);
    const estimated = (estimate: (pairs: readonly Pair[], confidence: number) => Estimate): Outcome =>
      'lacks' in pairs.found ? pairs.found : { estimate: estimate(pairs.found.pairs, this.#confidence) };
    return {
      words,
      ratio: () => estimated(pairedRatio),
      difference: () => estimated(pairedDifference),
    };
  }

  #past(place: Axes, { mlflow, runs }: NonNullable<PlannedAssertion['baseline']>): Other {
    const own = this.#valuesAt(this.#assertion.metric, place);
    const broken = runs.find(({ value }) => value === 'NaN');
    const lacks =
      lackIn(own) ??
      (runs.length === 0 ? 'there is no past run to compare with' : undefined) ??
      (broken && `it is not a number in the past run "${broken.name}"`);
    this.#refuseUnlike(
      own.flatMap(({ identity }) =>
        runs.flatMap((run) =>
          // Canonical JSON of an identity: what the tag of a run of ours has.
          identity && run.identity ? [[identity, run.identity as unknown as MetricIdentity] as const] : [],
        ),
      ),
      `past runs of "${mlflow.experiment}"`,
    );
    const past = runs.map(({ value }) => Number(value));
    const estimated = (
      estimate: (a: readonly number[], b: readonly number[], confidence: number) => Estimate,
    ): Outcome =>
      lacks === undefined ? { estimate: estimate(valuesOf(own), past, this.#confidence) } : { lacks };
    return {
      words: `${plural(runs.length, 'past run')} of "${mlflow.experiment}"`,
      ratio: () => estimated(unpairedRatio),
      difference: () => estimated(unpairedDifference),
    };
  }

  #refuseUnlike(identities: ReturnType<typeof pairsOf>['identities'], words: string): void {
    for (const [one, other] of identities) {
      // Another metric is another on purpose.
      if (one.metric !== other.metric) continue;
      const field = unlikeField(one, other);
      if (field === undefined) continue;
      throw new StageProblem(
        `${this.#assertion.metric} and ${words} cannot be compared: they are of ${unlikeWords[field]}`,
        ['assert', this.#index],
        `Give both the same \`${field}\`, or bound each by itself.`,
      );
    }
  }
}

/** By the names of values: what is written as text may be a number on its axis. */
function liesAt(place: Axes, where: Place): boolean {
  return Object.entries(where).every(([axis, value]) => String(place[axis]) === String(value));
}

import { StageProblem } from '../../execute/contract.js';
import { worstOf, type Finding, type VerdictEvent } from '../../execute/judged.js';
import { axesName, replication, withoutSeed, type Axes } from '../../resolve/axes.js';
import type { Place } from '../../spec/assertions.js';
import type { PlannedAssertion } from '../../spec/fields.js';
import { meanOf } from '../../statistics/means.js';
import { heldAgainst } from './bounds.js';
import { otherCells, otherRuns, type Other, type Outcome } from './others.js';
import { lackIn, valuesOf } from './samples.js';
import type { CollectedValue, CollectedValues } from './values.js';

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

  /**
   * Undefined where there is nothing to compare with, or only the same.
   * @throws StageProblem where it is of unlike things.
   */
  #otherThan(place: Axes): Other | undefined {
    const { metric } = this.#assertion;
    const other = this.#unchecked(place);
    if (other?.unlike === undefined) return other;
    throw new StageProblem(
      `${metric} and ${other.words} cannot be compared: ${other.unlike}`,
      ['assert', this.#index],
      'Measure both alike, choose other ones, or bound each by itself.',
    );
  }

  #unchecked(place: Axes): Other | undefined {
    const { metric, versus, baseline } = this.#assertion;
    const own = this.#valuesAt(metric, place);
    if (baseline) return otherRuns(own, baseline, this.#confidence);
    if (!versus) return undefined;
    const { metric: otherMetric = metric, ...axes } = versus;
    const otherPlace = { ...place, ...axes };
    const isSameMetric = otherMetric === metric;
    if (isSameMetric && axesName(otherPlace) === axesName(place)) return undefined;
    const words = [isSameMetric ? '' : otherMetric, axesName(axes)].join(' ').trim();
    const other = this.#valuesAt(otherMetric, otherPlace);
    return otherCells(own, other, this.#confidence, { words, isSameMetric });
  }
}

/** By the names of values: what is written as text may be a number on its axis. */
function liesAt(place: Axes, where: Place): boolean {
  return Object.entries(where).every(([axis, value]) => String(place[axis]) === String(value));
}

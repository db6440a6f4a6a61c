import type { Estimate } from '../base/estimate.js';
import { formatNumber } from '../base/format.js';
import { verdictWord, type Finding, type Verdict, type VerdictEvent } from '../execute/judged.js';
import { axesName } from '../resolve/axes.js';

/** Kinds of stages that judge. */
export type JudgingKind = 'gate' | 'claim';

/** How a verdict is coloured. A claim that is refuted is a result, and no alarm. */
export function verdictTone(kind: JudgingKind, verdict: Verdict): 'good' | 'bad' | 'unsure' | 'neutral' {
  if (verdict === 'pass') return 'good';
  if (kind === 'gate') return verdict === 'fail' ? 'bad' : 'unsure';
  return verdict === 'fail' ? 'unsure' : 'neutral';
}

/** As in `failed: 1 of 3 hold`. */
export function verdictSummary(
  kind: JudgingKind,
  { verdict, findings }: Pick<VerdictEvent, 'verdict' | 'findings'>,
): string {
  const word = verdictWord(kind, verdict);
  const count = (one: Verdict) => findings.filter((finding) => finding.verdict === one).length;
  const all = findings.length;
  if (all < 2) return word;
  if (count('pass') === all) return `${word}: all ${all} hold`;
  const undecided = count('inconclusive');
  const rest = undecided > 0 && count('fail') > 0 ? `, ${undecided} undecided` : '';
  return `${word}: ${count('pass')} of ${all} hold${rest}`;
}

/** As in `quality.w1, arm=one: 1.392 times arm=base (1.050 to 1.740, n = 3), at most 1.2`. */
export function findingWords(finding: Finding): string {
  const { estimate } = finding;
  const reason = findingReason(finding);
  const bounds = boundWords(finding.bounds);
  const subject = findingSubject(finding);
  if (estimate === undefined) {
    const demand = bounds === '' ? '' : `; ${valueWords(finding, bounds)}`;
    return `${subject}: ${reason ?? 'there is no estimate'}${demand}`;
  }
  const value = valueWords(finding, formatNumber(estimate.value));
  const spread = [
    intervalWords(estimate),
    ...(estimate.spread.kind === 'single' ? [] : [`n = ${estimate.count}`]),
  ];
  const parts = [`${value} (${spread.filter((part) => part !== '').join(', ')})`, bounds];
  return `${subject}: ${parts.join(', ')}${reason === undefined ? '' : `; ${reason}`}`;
}

/** What is judged, as in `quality.w1, arm=one`. */
export function findingSubject({ metric, place }: Finding): string {
  return [metric, axesName(place)].filter((part) => part !== '').join(', ');
}

/** Why it is not decided; undefined where that is seen by the interval and the bound. */
export function findingReason({ reason, estimate }: Finding): string | undefined {
  return estimate?.spread.kind === 'interval' ? undefined : reason;
}

/** As in `1.050 to 1.740`; empty where the value and both ends are infinite. */
export function intervalWords({ spread }: Estimate): string {
  switch (spread.kind) {
    case 'single':
      return 'one run, no interval';
    case 'unbounded':
      return 'unbounded';
    case 'interval': {
      const { low, high } = spread;
      return Number.isFinite(low) || Number.isFinite(high)
        ? `${formatNumber(low)} to ${formatNumber(high)}`
        : '';
    }
  }
}

/** A number as what is bounded has it, as in `1.392 times arm=base`. */
export function valueWords({ of, versus }: Finding, value: string): string {
  switch (of) {
    case 'value':
      return value;
    case 'ratio':
      return `${value} times ${versus ?? ''}`;
    case 'difference':
      return `differs from ${versus ?? ''} by ${value}`;
  }
}

/** As in `at most 1.2`; the numbers as they stand in the file. Empty where there are none. */
export function boundWords({ min, max }: Finding['bounds']): string {
  if (min !== undefined && max !== undefined)
    return min === max ? `exactly ${min}` : `between ${min} and ${max}`;
  if (min !== undefined) return `at least ${min}`;
  return max === undefined ? '' : `at most ${max}`;
}

/** A level of confidence, as in `95%`. */
export function levelWords(confidence: number): string {
  return `${Number((100 * confidence).toPrecision(6))}%`;
}

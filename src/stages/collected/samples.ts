import type { MetricIdentity } from '../../base/metric-identity.js';
import type { Pair } from '../../statistics/estimate.js';
import type { CollectedValue } from './values.js';

/** Why values cannot be summed up; undefined where all are there. */
export function lackIn(values: readonly CollectedValue[]): string | undefined {
  const lacks = distinct(values).flatMap(({ found }) => ('lacks' in found ? [found.lacks] : []));
  if (lacks.length === 0) return values.length === 0 ? 'nothing is there' : undefined;
  const [first = ''] = lacks;
  const total = distinct(values).length;
  return total === 1 ? first : `${lacks.length} of ${total} values are lacking: ${first}`;
}

/** Of each stage once: a seed that makes no difference is no replication. */
export function valuesOf(values: readonly CollectedValue[]): readonly number[] {
  return distinct(values).flatMap(({ found }) => ('value' in found ? [found.value] : []));
}

/** Values of equal seeds, which share weights, batches and noise. */
export interface Pairs {
  readonly found: { readonly pairs: readonly Pair[] } | { readonly lacks: string };
  /** Of those pairs of which both are known. */
  readonly identities: readonly (readonly [MetricIdentity, MetricIdentity])[];
}

export function pairsOf(own: readonly CollectedValue[], other: readonly CollectedValue[]): Pairs {
  const bySeed = new Map(other.map((value) => [value.seed, value]));
  const matched = new Map<string, readonly [CollectedValue, CollectedValue]>();
  let alone = 0;
  for (const value of own) {
    const partner = bySeed.get(value.seed);
    if (partner) matched.set(`${value.stage} ${partner.stage}`, [value, partner]);
    else alone += 1;
  }
  const both = [...matched.values()];
  const identities = both.flatMap(([{ identity: a }, { identity: b }]) => (a && b ? [[a, b] as const] : []));
  const lacks =
    lackIn(own) ??
    (other.length === 0 || alone > 0 ? 'nothing is there to compare with' : undefined) ??
    lackIn(both.map(([, partner]) => partner));
  if (lacks !== undefined) return { found: { lacks }, identities };
  const pairs = both.flatMap(([{ found: a }, { found: b }]) =>
    'value' in a && 'value' in b ? [[a.value, b.value] as const] : [],
  );
  return { found: { pairs }, identities };
}

function distinct(values: readonly CollectedValue[]): readonly CollectedValue[] {
  return [...new Map(values.map((value) => [value.stage, value])).values()];
}

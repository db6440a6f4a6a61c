import { quoted, quotedList } from '../../diagnostics/printable.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error } from '../../diagnostics/problem.js';
import type { PositionedNode } from '../../source/document.js';
import { entryOf, valueOf } from '../../source/entries.js';
import { absoluteBounds, relativeBounds } from '../assertions.js';
import type { Rule } from './rule.js';

/**
 * An assertion bounds its metric: from below, from above or both, in that order. Ratios and differences need
 * something to compare with, and a comparison needs one of them.
 */
export const assertionBounds: Rule = ({ stages }) =>
  [...stages.values()].flatMap(({ node }) => {
    const assertions = valueOf(node, 'assert');
    return assertions?.kind === 'list' ? assertions.items.flatMap(faultsOf) : [];
  });

function faultsOf(assertion: PositionedNode): readonly Diagnostic[] {
  if (assertion.kind !== 'map') return [];
  const relative = relativeBounds.flatMap((bound) => entryOf(assertion, bound) ?? []);
  const absolute = absoluteBounds.flatMap((bound) => entryOf(assertion, bound) ?? []);
  const versus = entryOf(assertion, 'versus');
  const baseline = entryOf(assertion, 'baseline');
  const [first] = relative;
  if (versus && baseline) {
    return [
      error('assertion-bounds', {
        at: baseline.keyRange,
        message: 'the metric is compared with `versus` or with `baseline`, and here with both',
        help: 'write two assertions, one for each',
        notes: [{ message: 'the other is here', range: versus.keyRange }],
      }),
    ];
  }
  const compared = versus ?? baseline;
  if (first && !compared) {
    return [
      error('assertion-bounds', {
        at: first.keyRange,
        message: `${quoted(first.key)} compares the metric with another value, and none is named`,
        help: 'add `versus`, as in `versus: {arm: base}` or `versus: {metric: other.metric}`, or a `baseline`',
      }),
    ];
  }
  if (relative.length + absolute.length === 0) {
    return [
      error('assertion-bounds', {
        at: assertion.range,
        message: 'this asserts nothing: it has no bound',
        help: `add ${quotedList(compared ? relativeBounds : absoluteBounds, 'or')}`,
      }),
    ];
  }
  if (compared && !first) {
    return [
      error('assertion-bounds', {
        at: compared.keyRange,
        message: `${quoted(compared.key)} names what to compare with, and no bound compares`,
        help: `add ${quotedList(relativeBounds, 'or')}`,
      }),
    ];
  }
  return [
    ['min', 'max'],
    ['min_ratio', 'max_ratio'],
    ['min_difference', 'max_difference'],
  ].flatMap(([lower = '', upper = '']) => {
    const [least, most] = [numberAt(assertion, lower), numberAt(assertion, upper)];
    const at = valueOf(assertion, upper)?.range;
    if (least === undefined || most === undefined || !at || least <= most) return [];
    return [
      error('assertion-bounds', {
        at,
        message: `nothing is at least ${least} and at most ${most}`,
        help: `make ${quoted(upper)} at least ${quoted(lower)}`,
      }),
    ];
  });
}

function numberAt(map: PositionedNode, key: string): number | undefined {
  const value = valueOf(map, key);
  return value?.kind === 'scalar' && typeof value.value === 'number' ? value.value : undefined;
}

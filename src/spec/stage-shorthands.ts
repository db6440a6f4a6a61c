import type { PositionedNode } from '../source/document.js';
import { textOf } from '../source/entries.js';
import { inferredMap, word, type Shorthand } from './shorthand.js';

/** A line for the shell. */
const shellLine: Shorthand = {
  key: 'run',
  field: 'run',
  schema: { type: 'string', minLength: 1 },
  values: 'a line for the shell, or a list of a program and its arguments',
  isForEditors: true,
  expand: ({ value }) => {
    const line = textOf(value);
    if (line === undefined || line === '') return undefined;
    const { range } = value;
    return { kind: 'list', range, items: [word('/bin/sh', range), word('-c', range), value] };
  },
};

const assertionText = /^\s*([^<>\s]+)\s*([<>])=?\s*([^<>\s]+)\s*$/;

/** `quality.swd < 0.1` is `{metric: quality.swd, max: 0.1}`. Bounds are included, whichever sign is written. */
const assertions: Shorthand = {
  key: 'assert',
  field: 'assert',
  schema: {},
  values: 'a list of bounds such as `quality.swd < 0.1`',
  isForEditors: false,
  expand: ({ value }) => {
    if (value.kind !== 'list') return undefined;
    const items = value.items.map(assertionOf);
    return items.every((item, index) => item === value.items[index]) ? undefined : { ...value, items };
  },
};

function assertionOf(item: PositionedNode): PositionedNode {
  const [, metric, sign, bound] = assertionText.exec(textOf(item) ?? '') ?? [];
  if (metric === undefined || bound === undefined || !Number.isFinite(Number(bound))) return item;
  const { range } = item;
  const limit: PositionedNode = { kind: 'scalar', range, value: Number(bound) };
  return inferredMap(range, { metric: word(metric, range), [sign === '<' ? 'max' : 'min']: limit });
}

export const commandShorthands: readonly Shorthand[] = [shellLine];
export const assertingShorthands: readonly Shorthand[] = [assertions];

import type { JsonValue } from '../base/json.js';
import type { PositionedNode } from './document.js';

const plainValues = new WeakMap<PositionedNode, JsonValue>();
const recordedValues = new WeakMap<PositionedNode, JsonValue>();

/**
 * The value without its places. Keys become own properties whatever their name, `__proto__` included. One node gives
 * one value, however often it is asked for: the variants of a file share what they have in common.
 */
export function plainValue(node: PositionedNode): JsonValue {
  if (node.kind === 'scalar') return node.value;
  return plainValues.get(node) ?? remembered(plainValues, node, valueOfParts(node, plainValue));
}

/** The value as records show it, free of what only this machine knows; where it is so anyway, the plain one. */
export function recordedValue(node: PositionedNode): JsonValue {
  if (node.kind === 'scalar') return node.shown ?? node.value;
  const known = recordedValues.get(node);
  if (known !== undefined) return known;
  const parts = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.value);
  const isPlain = parts.every((part) => recordedValue(part) === plainValue(part));
  return remembered(recordedValues, node, isPlain ? plainValue(node) : valueOfParts(node, recordedValue));
}

type Parts = Exclude<PositionedNode, { kind: 'scalar' }>;

function valueOfParts(node: Parts, valueOf: (part: PositionedNode) => JsonValue): JsonValue {
  if (node.kind === 'list') return node.items.map(valueOf);
  // Much faster than `Object.fromEntries`, and half of the time goes into this.
  const value: Record<string, JsonValue> = {};
  for (const entry of node.entries) {
    if (entry.key === '__proto__') defineOwn(value, entry.key, valueOf(entry.value));
    else value[entry.key] = valueOf(entry.value);
  }
  return value;
}

/** By assignment, this key would set the object's prototype. */
function defineOwn(object: object, key: string, value: JsonValue): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

function remembered(known: WeakMap<PositionedNode, JsonValue>, node: Parts, value: JsonValue): JsonValue {
  known.set(node, value);
  return value;
}

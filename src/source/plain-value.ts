import type { JsonValue } from '../base/json.js';
import type { PositionedNode, PositionedScalar } from './document.js';

/** The value without its places. Keys become own properties whatever their name, `__proto__` included. */
export function plainValue(
  node: PositionedNode,
  ofScalar: (scalar: PositionedScalar) => JsonValue = (scalar) => scalar.value,
): JsonValue {
  switch (node.kind) {
    case 'scalar':
      return ofScalar(node);
    case 'list':
      return node.items.map((item) => plainValue(item, ofScalar));
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value, ofScalar)]));
  }
}

/** The value as records show it, free of what only this machine knows. */
export function recordedValue(node: PositionedNode): JsonValue {
  return plainValue(node, (scalar) => scalar.shown ?? scalar.value);
}

import type { JsonValue } from '../../base/json.js';
import { oneLine } from '../terminal/text.js';

/** A value on one line, much as YAML writes it: `[-0.01, 0.01]`, `{type: sgd, lr: 0.1}`. */
export function valueText(value: JsonValue): string {
  if (typeof value === 'string') return value === '' ? "''" : oneLine(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(valueText).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => `${oneLine(key)}: ${valueText(member)}`);
  return `{${members.join(', ')}}`;
}

function isList(value: Exclude<JsonValue, string>): value is readonly JsonValue[] {
  return Array.isArray(value);
}

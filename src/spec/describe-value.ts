import { plural } from '../base/format.js';
import { printable, quoted, quotedList } from '../diagnostics/printable.js';
import type { PositionedNode } from '../source/document.js';
import type { Schema } from './schema.js';

/** What somebody wrote, as a message says it: `"fast" is text`, `2.5 is not whole`. */
export function describeValue(node: PositionedNode, schema: Schema): string {
  if (node.kind === 'list') return 'it is a list';
  if (node.kind === 'map') return 'it is a map';
  const { value } = node;
  if (value === null) return 'it is empty';
  if (typeof value === 'string') return `${textLiteral(value)} is text`;
  if (typeof value === 'boolean') return `it is ${value}`;
  if (!Number.isFinite(value)) return `${numberLiteral(value)} is not a finite number`;
  return schema.type === 'integer'
    ? `${numberLiteral(value)} is not whole`
    : `${numberLiteral(value)} is a number`;
}

/** What a field takes, as in `a whole number` or `a list of 2 numbers`. */
export function describeType(schema: Schema): string {
  const { type } = schema;
  switch (type) {
    case 'integer':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'string':
      return schema.enum ? `one of the words ${quotedList(schema.enum.map(String), 'and')}` : 'text';
    case 'boolean':
      return 'true or false';
    case 'array': {
      const item = schema.items?.type === 'number' ? 'number' : 'value';
      return schema.minItems !== undefined && schema.minItems === schema.maxItems
        ? `a list of ${plural(schema.minItems, item)}`
        : 'a list';
    }
    case 'object':
    case undefined:
      break;
  }
  return 'a map';
}

/** The numbers that a field takes, as in `at least 0 and less than 1`; where `value` is too small, without a bound in the billions. */
export function describeRange(schema: Schema, value: number): string {
  const limit = schema.maximum ?? 0;
  const distant = limit >= 2 ** 31 - 1 && value < limit;
  const bounds = [
    schema.minimum !== undefined && `at least ${numberLiteral(schema.minimum)}`,
    schema.exclusiveMinimum !== undefined && `more than ${numberLiteral(schema.exclusiveMinimum)}`,
    schema.maximum !== undefined && !distant && `at most ${numberLiteral(schema.maximum)}`,
    schema.exclusiveMaximum !== undefined && `less than ${numberLiteral(schema.exclusiveMaximum)}`,
  ];
  return bounds.filter((bound) => bound !== false).join(' and ');
}

export function numberLiteral(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return String(value);
}

function textLiteral(text: string): string {
  return text.length > 40 ? quoted(text) : `"${printable(text)}"`;
}

import { plural } from '../base/format.js';
import { nearest } from '../base/suggest.js';
import type { Diagnostic, DiagnosticNote } from '../diagnostics/diagnostic.js';
import { quoted, quotedList } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedMap, PositionedNode } from '../source/document.js';
import { textOf, valueOf } from '../source/entries.js';
import type { SchemaFault } from './schema-fault.js';
import { describeRange, describeType, describeValue, numberLiteral } from './describe-value.js';
import { exampleOf } from './examples.js';
import { missingKeys, unknownKey } from './key-faults.js';
import { entryAt, fieldLabel, sectionNouns, withArticle, writtenKey, type Path } from './labels.js';
import { layerNamePattern } from './layers.js';
import { namePattern } from './schema-builders.js';
import { tagOf, type Schema } from './schema.js';
import { shorthandsOf } from './shorthands.js';

/**
 * A fault as its user should hear of it. `faults` are all that are told of its place: of what one map
 * lacks, the first fault tells everything and the others nothing.
 */
export function describeFault(
  root: PositionedMap,
  fault: SchemaFault,
  faults: readonly SchemaFault[],
): readonly Diagnostic[] {
  switch (fault.error.keyword) {
    case 'type':
      return [isNull(fault.node) ? nullValue(root, fault) : wrongType(root, fault)];
    case 'required':
      return missingKeys(root, fault, faults);
    case 'additionalProperties':
      return [unknownKey(root, fault)];
    case 'discriminator':
      return [unknownType(root, fault)];
    case 'enum':
    case 'const':
      return [unknownWord(root, fault)];
    case 'pattern':
      return [badName(root, fault)];
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return [outOfRange(root, fault)];
    default:
      return [wrongSize(root, fault)];
  }
}

export function schemaOf({ error: { parentSchema } }: SchemaFault): Schema {
  return (parentSchema ?? {}) as Schema;
}

/** Where `${...}` brought the value from. */
export function originNotes(node: PositionedNode): readonly DiagnosticNote[] {
  return node.from ? [{ message: 'the value comes from here', range: node.from }] : [];
}

function isNull(node: PositionedNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function nullValue(root: PositionedMap, fault: SchemaFault): Diagnostic {
  const { path, node } = fault;
  const example = exampleFor(root, path);
  const standard = schemaOf(fault).default;
  const known = standard === undefined || typeof standard === 'object' ? '' : `, which is ${standard}`;
  return error('null-value', {
    at: node.range,
    message: `${fieldLabel(root, path)} has no value`,
    help:
      example !== undefined
        ? `write its value, as in \`${example}\``
        : standard === undefined
          ? 'write its value, or remove the key'
          : `write its value, or remove the key for the default${known}`,
    notes: originNotes(node),
  });
}

function wrongType(root: PositionedMap, fault: SchemaFault): Diagnostic {
  const { path, node } = fault;
  const schema = schemaOf(fault);
  return error('wrong-type', {
    at: node.range,
    message: `${fieldLabel(root, path)} must be ${shorthandValues(root, path) ?? describeType(schema)}, but ${describeValue(node, schema)}`,
    help: typeHelp(root, fault, schema),
    notes: originNotes(node),
  });
}

function typeHelp(root: PositionedMap, { node, path }: SchemaFault, schema: Schema): string | undefined {
  const text = textOf(node);
  const wantsNumber = schema.type === 'number' || schema.type === 'integer';
  if (wantsNumber && text !== undefined) {
    if (text.trim() !== '' && Number.isFinite(Number(text))) return `write it without quotes: ${text.trim()}`;
    const digits = text.replace(/(?<=\d)[_, ](?=\d)/g, '');
    if (digits !== text && Number.isFinite(Number(digits))) return `write the digits alone: ${digits}`;
  }
  if (schema.type === 'array' && schema.items?.type === 'string' && text !== undefined)
    return `write it as a list: [${text}]`;
  if (schema.type === 'boolean') return 'write `true` or `false`';
  if (schema.type === 'string' && node.kind === 'scalar') return `put it in quotes: '${String(node.value)}'`;
  if (schema.oneOf && text !== undefined && schema.oneOf.some((variant) => tagOf(variant) === text)) {
    return `write {type: ${text}}`;
  }
  const example = exampleFor(root, path);
  return example === undefined ? undefined : `write \`${example}\`, for example`;
}

function outOfRange(root: PositionedMap, fault: SchemaFault): Diagnostic {
  const { path, node } = fault;
  const value = node.kind === 'scalar' ? Number(node.value) : NaN;
  return error('out-of-range', {
    at: node.range,
    message: `${fieldLabel(root, path)} must be ${describeRange(schemaOf(fault), value)}, but it is ${numberLiteral(value)}`,
    notes: originNotes(node),
  });
}

function unknownType(root: PositionedMap, { path, node, error: fault }: SchemaFault): Diagnostic {
  const type = valueOf(node, 'type') ?? node;
  const variants = ((fault.parentSchema as Schema | undefined)?.oneOf ?? []).map(tagOf);
  const noun = path.length === 2 ? sectionNouns[String(path[0])] : undefined;
  const what = noun ?? fieldLabel(root, path);
  const text = textOf(type);
  if (text === undefined) {
    return error(isNull(type) ? 'null-value' : 'wrong-type', {
      at: type.range,
      message: `the \`type\` of ${noun === undefined ? what : withArticle(noun)} must be a word`,
      help: `write ${quotedList(variants, 'or')}`,
      notes: originNotes(type),
    });
  }
  const meant = nearest(text, variants);
  return error('unknown-type', {
    at: type.range,
    message:
      noun === undefined ? `${what} has no type ${quoted(text)}` : `there is no ${noun} type ${quoted(text)}`,
    help:
      meant === undefined ? `the types are ${quotedList(variants, 'and')}` : `did you mean ${quoted(meant)}?`,
    notes: originNotes(type),
  });
}

function unknownWord(root: PositionedMap, fault: SchemaFault): Diagnostic {
  const { path, node } = fault;
  const schema = schemaOf(fault);
  const allowed = (schema.enum ?? [schema.const ?? null]).map(String);
  const value = node.kind === 'scalar' ? String(node.value) : '';
  if (path.length === 1 && path[0] === 'version') {
    return error('unsupported-version', {
      at: node.range,
      message: `version ${value} of the language is not known; this release knows version ${allowed.join(', ')}`,
      help: `write version: ${allowed.join(' or ')}`,
      notes: originNotes(node),
    });
  }
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  const meant = isNumber ? undefined : nearest(value, allowed);
  return error(isNumber ? 'out-of-range' : 'unknown-word', {
    at: node.range,
    message: isNumber
      ? `${fieldLabel(root, path)} must be ${allowed.join(' or ')}, but it is ${value}`
      : `${fieldLabel(root, path)} must be ${quotedList(allowed, 'or')}, but it is ${quoted(value)}`,
    help: meant === undefined ? undefined : `did you mean ${quoted(meant)}?`,
    notes: originNotes(node),
  });
}

interface NameRule {
  readonly letters: string;
  readonly proposal: (text: string) => string;
}

const nameRules: readonly (NameRule & { readonly pattern: string })[] = [
  {
    pattern: namePattern,
    letters: 'letters, digits, `_` and `-`, starting with a letter',
    proposal: (text) => text.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, ''),
  },
  {
    pattern: layerNamePattern,
    letters: 'letters, digits, `_`, `-` and `/`, starting with a letter or digit',
    proposal: (text) => text.replace(/[^A-Za-z0-9_/-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, ''),
  },
];

/** The pipeline's own name is in lower case, and may start with a digit. */
const pipelineName: NameRule = {
  letters: 'lower-case letters, digits, `_` and `-`, starting with a letter or digit',
  proposal: (text) =>
    text
      .toLowerCase()
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^[^a-z0-9]+|-+$/g, ''),
};

function badName(root: PositionedMap, fault: SchemaFault): Diagnostic {
  const { path, node } = fault;
  const text = textOf(node) ?? '';
  const rule = nameRules.find(({ pattern }) => pattern === schemaOf(fault).pattern) ?? pipelineName;
  const proposal = rule.proposal(text);
  return error('bad-name', {
    at: node.range,
    message: `${fieldLabel(root, path)} must consist of ${rule.letters}`,
    help: proposal === '' ? undefined : `write ${quoted(proposal)}, for example`,
    notes: originNotes(node),
  });
}

function wrongSize(root: PositionedMap, fault: SchemaFault): Diagnostic {
  const { path, node } = fault;
  const { keyword } = fault.error;
  const schema = schemaOf(fault);
  const label = fieldLabel(root, path);
  const keys = Object.keys(schema.properties ?? {});
  const at = sizeRange(root, fault);
  const example = exampleFor(root, path);
  const problem = (message: string, help?: string): Diagnostic =>
    error('wrong-size', { at, message, help, notes: originNotes(node) });
  switch (keyword) {
    case 'minLength':
      return problem(`${label} must not be empty`);
    case 'maxLength':
      return problem(`${label} must be at most ${schema.maxLength ?? 0} characters long`);
    case 'minProperties':
      if (keys.length === 0) {
        return problem(
          `${label} must have at least one entry`,
          example && `write \`${example}\`, for example`,
        );
      }
      return problem(`${label} names no quantity`, `write one of ${quotedList(keys, 'and')}`);
    case 'maxProperties':
      return problem(
        `${label} must be one quantity, but has ${node.kind === 'map' ? node.entries.length : 0}`,
        'keep the one that decides',
      );
    case 'uniqueItems':
      return problem(`${label} has the same item twice`, 'keep one of the two');
    default: {
      const items = node.kind === 'list' ? node.items.length : 0;
      const need =
        schema.maxItems === undefined
          ? 'have at least one item'
          : `be ${shorthandValues(root, path) ?? describeType(schema)}, but it has ${plural(items, 'item')}`;
      return problem(`${label} must ${need}`, example && `write \`${example}\`, for example`);
    }
  }
}

/** An empty map or list is its own culprit; of a map with too many keys, the second one is, and of equal items the later one. */
function sizeRange(root: PositionedMap, { path, node, error: fault }: SchemaFault): SourceRange {
  if (fault.keyword === 'uniqueItems' && node.kind === 'list') {
    const { i, j } = fault.params as { readonly i: number; readonly j: number };
    return node.items[Math.max(i, j)]?.range ?? node.range;
  }
  const second = node.kind === 'map' ? node.entries[1] : undefined;
  if (fault.keyword === 'maxProperties' && second) return second.keyRange;
  return node.range.start === node.range.end ? (entryAt(root, path)?.keyRange ?? node.range) : node.range;
}

/** `key: value` for the field at a path, where the value has a known example. */
function exampleFor(root: PositionedMap, path: Path): string | undefined {
  const entry = entryAt(root, path);
  const key = entry && writtenKey(entry);
  if (key === undefined || typeof path.at(-1) === 'number' || !Object.hasOwn(exampleOf, key))
    return undefined;
  return `${key}: ${exampleOf[key] ?? ''}`;
}

/** What the shorthand takes under whose key the field was written. */
function shorthandValues(root: PositionedMap, path: Path): string | undefined {
  const entry = entryAt(root, path);
  if (!entry || typeof path.at(-1) === 'number') return undefined;
  const stage = path[0] === 'stages' ? entryAt(root, path.slice(0, 2))?.value : undefined;
  const type = textOf(valueOf(stage, 'type')) ?? '';
  return shorthandsOf(type).find(({ key, isForEditors }) => isForEditors && key === writtenKey(entry))
    ?.values;
}

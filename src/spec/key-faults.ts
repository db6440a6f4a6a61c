import { nearest } from '../base/suggest.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { enumerate, quoted, quotedList } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, firstKeyRange, valueOf } from '../source/entries.js';
import type { SchemaFault } from './schema-fault.js';
import { fanOutKeys } from './fan-out.js';
import { exampleOf } from './examples.js';
import { entryAt, mapLabel, sectionNouns, withArticle } from './labels.js';
import { pipelineSchema, tagOf, type Schema } from './schema.js';
import { shorthandsOf } from './shorthands.js';
import { synonymOf } from './synonyms.js';

/** All keys that one map lacks, told by its first fault: `faults` are those of the map. What an unknown key beside it was meant to be is not missing. */
export function missingKeys(
  root: PositionedMap,
  fault: SchemaFault,
  faults: readonly SchemaFault[],
): readonly Diagnostic[] {
  const lacking = faults.filter((other) => other.error.keyword === 'required');
  if (lacking[0] !== fault) return [];
  const meant = faults
    .filter((other) => other.error.keyword === 'additionalProperties')
    .map((other) => meantKey(other, unknownKeyOf(other)));
  const missing = lacking.map(missingKeyOf).filter((key) => !meant.includes(key));
  if (missing.length === 0) return [];

  const { path, node } = fault;
  const map = mapLabel(root, path, node);
  const name = path.length === 2 ? ` ${quoted(String(path[1]))}` : '';
  const subject = path.length === 2 ? `${sectionNouns[String(path[0])] ?? 'entry'}${name}` : map;
  return [
    error('missing-key', {
      at: placeOf(root, fault),
      message: `${path.length === 0 ? 'the pipeline' : subject} lacks ${quotedList(missing, 'and')}`,
      help: `add ${enumerate(missing.map((key) => exampleLine(fault, key)))}`,
    }),
  ];
}

/** A key that its map does not know, with the key that was probably meant. */
export function unknownKey(root: PositionedMap, fault: SchemaFault): Diagnostic {
  const { path, node } = fault;
  const key = unknownKeyOf(fault);
  const at = entryOf(node, key)?.keyRange ?? node.range;
  const schema = fault.error.parentSchema as Schema;
  if (schema.patternProperties) return badEntryName(String(path.at(-1)), key, at);
  return error('unknown-key', {
    at,
    message: `${quoted(key)} is not a key of ${mapLabel(root, path, node)}`,
    help: keyHelp(fault, key),
  });
}

function badEntryName(section: string, key: string, at: SourceRange): Diagnostic {
  return error('bad-name', {
    at,
    message: `${quoted(key)} cannot be the name of ${withArticle(sectionNouns[section] ?? section.replace(/s$/, ''))}`,
    help: 'start it with a letter, and go on with letters, digits, `_` and `-`',
  });
}

/** Keys that are gone before the schema is asked, where they stand in the right place. */
const earlierKeys: Readonly<Record<string, string>> = {
  extends: '`extends` stands at the top of a file, and in datasets, architectures and stages',
  remove: '`remove` stands beside `extends`, and takes out of what that gives',
};

function keyHelp(fault: SchemaFault, key: string): string {
  const earlier = Object.hasOwn(earlierKeys, key) ? earlierKeys[key] : undefined;
  if (earlier !== undefined) return earlier;
  const free = freeKeys(fault);
  const near = nearest(key, free);
  if (near !== undefined) return `did you mean ${quoted(near)}?`;
  const inner = innerMap(fault, key, free);
  if (inner !== undefined) return inner.help;
  const synonym = synonymOf(key, free);
  if (synonym !== undefined) {
    const example = exampleOf[synonym];
    const form = example === undefined ? '' : `, as in \`${synonym}: ${example}\``;
    return `it is called ${quoted(synonym)} here${form}`;
  }
  const owner = ownerOf(key, fault);
  if (owner !== undefined) return `it belongs to ${owner}`;
  return free.length === 0 ? 'remove it' : `the keys that can stand here are ${quotedList(free, 'and')}`;
}

/** The key that an unknown one stands for, as far as one can tell. */
function meantKey(fault: SchemaFault, key: string): string | undefined {
  const free = freeKeys(fault);
  return nearest(key, free) ?? innerMap(fault, key, free)?.key ?? synonymOf(key, free);
}

/** The map beside an unknown key that does know it: `epochs: 10` belongs into `budget`. */
function innerMap(
  { node, error: fault }: SchemaFault,
  key: string,
  free: readonly string[],
): { readonly key: string; readonly help: string } | undefined {
  const { properties = {} } = fault.parentSchema as Schema;
  const holds = (name: string): boolean => Object.hasOwn(properties[name]?.properties ?? {}, key);
  const holder = free.find(holds) ?? Object.keys(properties).find(holds);
  const value = valueOf(node, key);
  if (holder === undefined || !value) return undefined;
  const written =
    value.kind === 'scalar' ? value.range.source.text.slice(value.range.start, value.range.end) : '...';
  return {
    key: holder,
    help: `it belongs into ${quoted(holder)}: write \`${holder}: {${key}: ${written}}\``,
  };
}

/** The keys that the map could still have, shorthands included. */
function freeKeys({ node, error: fault }: SchemaFault): readonly string[] {
  const schema = fault.parentSchema as Schema;
  const keys = Object.keys(schema.properties ?? {});
  const shorthands = shorthandsOf(tagOf(schema)).map(({ key }) => key);
  const root = schema === pipelineSchema ? ['vars', ...fanOutKeys] : [];
  return [...new Set([...keys, ...shorthands, ...root])].filter((key) => isFree(node, key));
}

/** Not written yet: neither a default in its place counts, nor what an extended file has there. */
function isFree(node: PositionedNode, key: string): boolean {
  const entry = entryOf(node, key);
  return !entry || entry.value.inferred === true || entry.keyRange.source !== node.range.source;
}

/** The stage or network that the key does belong to: `a train stage`. */
function ownerOf(key: string, { path }: SchemaFault): string | undefined {
  const section = String(path[0]);
  if (path.length < 2 || !Object.hasOwn(sectionNouns, section)) return undefined;
  const entries = pipelineSchema.properties?.[section]?.patternProperties ?? {};
  const variants = Object.values(entries)[0]?.oneOf ?? [];
  const owners = variants
    .filter(
      (variant) =>
        Object.hasOwn(variant.properties ?? {}, key) ||
        shorthandsOf(tagOf(variant)).some((shorthand) => shorthand.key === key),
    )
    .map(tagOf);
  return owners.length === 0
    ? undefined
    : `${sectionNouns[section] ?? 'entry'}s of type ${quotedList(owners, 'and')}`;
}

/** The name of the map, where it has one; the first key of the pipeline. */
function placeOf(root: PositionedMap, { path, node }: SchemaFault): SourceRange {
  if (path.length === 0) return firstKeyRange(root);
  // A map in a list has no name: it is pointed at itself.
  if (typeof path.at(-1) === 'number') return node.range;
  return entryAt(root, path)?.keyRange ?? node.range;
}

function exampleLine(fault: SchemaFault, key: string): string {
  if (key === 'type') {
    const variants = ((fault.error.parentSchema as Schema).oneOf ?? []).map((variant) => tagOf(variant));
    return `\`type:\` with ${quotedList(variants, 'or')}`;
  }
  const example = exampleOf[key];
  return example === undefined ? quoted(key) : `\`${key}: ${example}\``;
}

function missingKeyOf({ error: fault }: SchemaFault): string {
  return textParam(fault.params, 'missingProperty');
}

function unknownKeyOf({ error: fault }: SchemaFault): string {
  return textParam(fault.params, 'additionalProperty');
}

function textParam(params: Record<string, unknown>, name: string): string {
  const value = params[name];
  return typeof value === 'string' ? value : '';
}

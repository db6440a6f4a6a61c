import type { PositionedNode, PositionedScalar } from '../source/document.js';
import type { CheckedPipeline } from './checked.js';
import { pipelineSchema, scalarsOf, schemaOfKey, type Schema } from './schema.js';
import type { Path } from './labels.js';
import { referenceRoles, type ReferenceRole } from './schema-builders.js';

/** A name in a field that the schema types as a reference to another declaration. */
export interface Reference {
  readonly role: ReferenceRole;
  readonly text: string;
  readonly scalar: PositionedScalar;
  /** From the root: `['stages', 'train', 'dataset']`. */
  readonly path: Path;
}

/** All references of a document, those in declarations with other mistakes included. */
export function referencesOf({ root }: Pick<CheckedPipeline, 'root'>): readonly Reference[] {
  return root.entries.flatMap(({ key: section, value }) => {
    const schema = schemaOfKey(pipelineSchema, section);
    if (value.kind !== 'map') return [];
    return value.entries.flatMap((entry) =>
      referencesIn(entry.value, schemaOfKey(schema, entry.key), [section, entry.key]),
    );
  });
}

const known = new WeakMap<
  PositionedNode,
  { readonly name: string; readonly references: readonly Reference[] }
>();

/** Those of one declaration, which may be part of many variants. */
function referencesIn(
  node: PositionedNode,
  schema: Schema | undefined,
  path: readonly [string, string],
): readonly Reference[] {
  const name = path.join('.');
  const before = known.get(node);
  if (before?.name === name) return before.references;
  const references = [...scalarsOf(schema, node, path)].flatMap(
    ({ scalar, schema: field, path: place }): readonly Reference[] => {
      const role = field?.['x-role'];
      if (!isReference(role)) return [];
      return typeof scalar.value === 'string' && scalar.value !== ''
        ? [{ role, text: scalar.value, scalar, path: place }]
        : [];
    },
  );
  known.set(node, { name, references });
  return references;
}

function isReference(role: string | undefined): role is ReferenceRole {
  return referenceRoles.some((one) => one === role);
}

/** The stage that a reference names or has the metric of; undefined for one that names no stage. */
export function stageOf({ role, text }: Pick<Reference, 'role' | 'text'>): string | undefined {
  switch (role) {
    case 'stage':
    case 'model':
    case 'extractor':
      return text;
    case 'metric':
      return metricName(text).stage;
    case 'split':
    case 'generator':
    case 'critic':
      return undefined;
  }
}

/** The two parts of `quality.modes.total_variation`: the stage, and what it computes. Without a dot there is no metric. */
export function metricName(text: string): { readonly stage: string; readonly metric: string | undefined } {
  const { dataset: stage, split: metric } = splitName(text);
  return { stage, metric };
}

/** The two parts of `mnist.train`. Without a dot there is no split. */
export function splitName(text: string): { readonly dataset: string; readonly split: string | undefined } {
  const dot = text.indexOf('.');
  return dot === -1
    ? { dataset: text, split: undefined }
    : { dataset: text.slice(0, dot), split: text.slice(dot + 1) };
}

import { groupBy } from '../base/group.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import { valueOf } from '../source/entries.js';
import { plainValue } from '../source/plain-value.js';
import type { ArchitectureSpec } from './architectures.js';
import type { DatasetSpec } from './datasets.js';
import type { Path } from './labels.js';
import { pipelineSchema, schemaOfKey, variantOf, type Schema } from './schema.js';
import type { StageSpec } from './stages.js';

/**
 * The fields of a declaration that the schema found nothing wrong with. The semantic rules see these, so that a
 * mistake in one field hides no other mistake, and is not reported again as its own consequence.
 */
export type SoundFields<Spec extends { readonly type: string }> = Spec extends { readonly type: infer Type }
  ? { readonly type: Type } & Readonly<Partial<Omit<Spec, 'type'>>>
  : never;

/** A dataset, architecture or stage of the file. */
export interface Declaration<Spec extends { readonly type: string }> {
  readonly name: string;
  readonly nameRange: SourceRange;
  readonly node: PositionedNode;
  /** Undefined where the `type` is missing or unknown, and where the name is at fault: no schema is asked of that. */
  readonly fields: SoundFields<Spec> | undefined;
}

export type Declarations<Spec extends { readonly type: string }> = ReadonlyMap<string, Declaration<Spec>>;

/** A document after the schema's verdict. */
export interface CheckedPipeline {
  readonly root: PositionedMap;
  readonly datasets: Declarations<DatasetSpec>;
  readonly architectures: Declarations<ArchitectureSpec>;
  readonly stages: Declarations<StageSpec>;
}

/** @param faults Paths at which the schema found something, as `checkSchema` gives them. */
export function checkedPipeline(root: PositionedMap, faults: readonly Path[]): CheckedPipeline {
  return {
    root,
    datasets: declarations<DatasetSpec>(root, 'datasets', faults),
    architectures: declarations<ArchitectureSpec>(root, 'architectures', faults),
    stages: declarations<StageSpec>(root, 'stages', faults),
  };
}

function declarations<Spec extends { readonly type: string }>(
  root: PositionedMap,
  section: string,
  faults: readonly Path[],
): Declarations<Spec> {
  const map = valueOf(root, section);
  const entries = map?.kind === 'map' ? map.entries : [];
  const inSection = groupBy(
    faults.filter((path) => path[0] === section),
    (path) => path[1],
  );
  return new Map(
    entries.map((entry) => {
      const inside = inSection.get(entry.key) ?? [];
      const fields = fieldsOf(section, entry, inside) as SoundFields<Spec> | undefined;
      return [entry.key, { name: entry.key, nameRange: entry.keyRange, node: entry.value, fields }] as const;
    }),
  );
}

const fieldsOfSound = new WeakMap<
  PositionedNode,
  { readonly section: string; readonly fields: object | undefined }
>();

/** The sound fields; of a declaration without faults, which may be part of many variants, worked out once. */
function fieldsOf(section: string, entry: PositionedEntry, faults: readonly Path[]): object | undefined {
  const declared = schemaOfKey(pipelineSchema.properties?.[section], entry.key);
  if (!declared) return undefined;
  if (faults.length > 0) return soundFields(declared, entry, faults);
  const known = fieldsOfSound.get(entry.value);
  if (known?.section === section) return known.fields;
  const fields = soundFields(declared, entry, faults);
  fieldsOfSound.set(entry.value, { section, fields });
  return fields;
}

function soundFields(
  declared: Schema,
  { value }: PositionedEntry,
  faults: readonly Path[],
): object | undefined {
  const variant = variantOf(declared, value);
  if (value.kind !== 'map' || !variant) return undefined;
  const known = value.entries.filter(({ key }) => schemaOfKey(variant, key));
  // A key that nobody knows may have been meant for any field that is absent: its default cannot be trusted.
  const misspelt = known.length < value.entries.length;
  const sound = known.filter(
    (entry) => !(misspelt && entry.value.inferred === true) && !faults.some((path) => path[2] === entry.key),
  );
  return Object.fromEntries(sound.map((entry) => [entry.key, plainValue(entry.value)]));
}

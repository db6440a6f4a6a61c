import type { Static } from 'typebox';

import { digestJson, type Digest } from '../../base/digest.js';
import type { JsonObject, JsonValue } from '../../base/json.js';
import type { PlannedAssertion } from '../../spec/fields.js';
import { named, record, words } from '../../spec/schema-builders.js';
import { Type } from '../../spec/type.js';

/** What every frozen plan begins with, whatever its version. */
export const lockFormat = 'wassermill-lock';
export const lockVersion = 1;

/** MiB of the largest frozen plan: the longest sweeps stay below. */
export const largestLock = 128;

const digest = Type.Unsafe<Digest>({ type: 'string', pattern: '^[0-9a-f]{64}$' });

const source = record({
  /** The stage that reads it, and the field of its declaration that names it. */
  stage: Type.String(),
  field: Type.Array(Type.Union([Type.String(), Type.Number()])),
  /** As the pipeline writes it. */
  path: Type.String(),
  digest,
});

const stage = record({
  id: Type.String(),
  kind: Type.String(),
  key: digest,
  /** The fields that count in the key. */
  fields: Type.Unsafe<JsonObject>({ type: 'object' }),
});

/** All that a frozen plan says. Paths count from its folder where the pipeline lies in one project with it. */
export const lockContent = record({
  /** The version that froze it. */
  wassermill: Type.String(),
  backend: words(['native', 'gpu', 'cpu']),
  backendVersion: Type.String(),
  /** By kind of stage. */
  implementations: named(digest),
  /** The arguments of `-S`. */
  overrides: Type.Array(Type.String()),
  /** Where paths in those arguments count from. */
  directory: Type.Optional(Type.String()),
  /** The pipeline, and then the files that it extends. */
  texts: Type.Array(record({ path: Type.String(), text: Type.String() }), { minItems: 1 }),
  sources: Type.Array(source),
  stages: Type.Array(stage),
});

export type LockContent = Static<typeof lockContent>;

/** What the frozen stages assert, with the past runs that they compare with. */
export function assertionsIn({ stages }: LockContent): readonly PlannedAssertion[] {
  return stages.flatMap(({ fields: { assert } }) =>
    // The content is as we wrote it: its digest was compared.
    Array.isArray(assert) ? (assert as unknown as readonly PlannedAssertion[]) : [],
  );
}

/** The digest of a lock's content; any JSON has one. */
export function lockDigest(content: JsonValue): Digest {
  return digestJson([lockFormat, lockVersion, content]);
}

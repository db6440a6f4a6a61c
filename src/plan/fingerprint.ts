import { digestJson, type Digest } from '../base/digest.js';
import type { JsonObject, JsonValue } from '../base/json.js';
import type { Axes } from '../resolve/axes.js';
import type { StageKind } from '../spec/fields.js';
import type { BackendName, StageKey } from './types.js';

/**
 * Everything that can change what a stage produces, and nothing else. Its digest is the stage's identity in the
 * cache. Deliberately absent: the stage's and the pipeline's name, descriptions, comments, key order, where data
 * and code lie on disk, tracking, and how many stages run side by side.
 */
export interface Fingerprint {
  /** Raised when the meaning of this type changes, so that old entries no longer match. */
  readonly format: 1;
  readonly kind: StageKind;
  /** The canonical fields, defaults included: a changed default is a changed result. */
  readonly fields: JsonObject;
  /** Content digests of the user's files, in the order of the fields that name them. Paths do not count. */
  readonly sources: readonly Digest[];
  /** What is read from other stages, sorted by role. Their keys stand for all that those depend on. */
  readonly inputs: readonly FingerprintInput[];
  /** The code that will run: a changed helper is a changed result, a changed comment is not. */
  readonly implementation: Digest;
  /** Null for stages that compute without tensors: their results serve every backend. */
  readonly backend: { readonly name: BackendName; readonly version: string } | null;
}

export interface FingerprintInput {
  readonly role: string;
  readonly key: StageKey;
  readonly split: string | null;
  /** Of a stage that collects axes, which of its many inputs this is: its columns and rows are named so. */
  readonly cell?: { readonly stage: string; readonly axes: Axes };
}

export function stageKey(fingerprint: Fingerprint): StageKey {
  const value: Record<keyof Fingerprint, JsonValue> = {
    format: fingerprint.format,
    kind: fingerprint.kind,
    fields: fingerprint.fields,
    sources: fingerprint.sources,
    inputs: fingerprint.inputs.map(({ role, key, split, cell }) => ({
      role,
      key,
      split,
      ...(cell && { cell }),
    })),
    implementation: fingerprint.implementation,
    backend: fingerprint.backend && { name: fingerprint.backend.name, version: fingerprint.backend.version },
  };
  return digestJson(value) as StageKey;
}

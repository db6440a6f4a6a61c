import { canonicalJson } from '../base/canonical-json.js';
import type { Digest } from '../base/digest.js';
import { required } from '../base/invariant.js';
import type { StageKind } from '../spec/fields.js';
import { stageKey, type Fingerprint } from './fingerprint.js';
import type { StageDraft } from './stage-drafts.js';
import type { StageKey } from './types.js';
import type { PlanningWorld } from './world.js';

/** Keys of drafts. A draft that several variants share, with equal inputs, gets its key once. */
export class StageKeys {
  private readonly sources: ReadonlyMap<StageDraft, readonly Digest[]>;
  private readonly world: PlanningWorld;
  private readonly known = new Map<StageDraft, Map<string, StageKey>>();
  /** Canonical texts of fields, and of what they hold. */
  private readonly texts = new Map<object, string>();

  /** @param sources Of each draft, the digests of the files that it reads. */
  constructor(sources: ReadonlyMap<StageDraft, readonly Digest[]>, world: PlanningWorld) {
    this.sources = sources;
    this.world = world;
  }

  /** @param inputs The keys of the draft's inputs, in its order. */
  keyOf(draft: StageDraft, inputs: readonly StageKey[]): StageKey {
    const keys = this.known.get(draft) ?? new Map<string, StageKey>();
    const known = keys.get(inputs.join());
    if (known !== undefined) return known;
    this.printFields(draft);
    const key = stageKey(this.fingerprintOf(draft, inputs), this.texts);
    this.known.set(draft, keys.set(inputs.join(), key));
    return key;
  }

  /** Once: the draft may have many keys, and shares most of what it holds with the drafts of other variants. */
  private printFields({ identity }: StageDraft): void {
    for (const part of [...Object.values(identity), identity]) {
      if (part === null || typeof part !== 'object' || this.texts.has(part)) continue;
      this.texts.set(part, canonicalJson(part, this.texts));
    }
  }

  private fingerprintOf(draft: StageDraft, keys: readonly StageKey[]): Fingerprint {
    const { backend, backendVersion, implementations } = this.world;
    const inputs = draft.inputs.map(({ role, split, stage }, index) => ({
      role,
      key: required(keys[index], `key of ${stage}`),
      split: split ?? null,
    }));
    return {
      format: 1,
      kind: draft.kind,
      fields: draft.identity,
      sources: required(this.sources.get(draft), `digests of ${draft.id}`),
      inputs: inputs.toSorted((a, b) => (a.role < b.role ? -1 : 1)),
      implementation: implementations[draft.kind],
      backend: usesTensors(draft.kind) ? { name: backend, version: backendVersion } : null,
    };
  }
}

/** Datasets are read and generated without tensors. */
function usesTensors(kind: StageKind): boolean {
  return kind !== 'dataset';
}

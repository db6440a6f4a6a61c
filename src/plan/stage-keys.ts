import { canonicalJson } from '../base/canonical-json.js';
import type { Digest } from '../base/digest.js';
import { required } from '../base/invariant.js';
import { axesName, type Axes } from '../resolve/axes.js';
import { stageKey, type Fingerprint, type FingerprintInput } from './fingerprint.js';
import type { StageDraft } from './stage-drafts.js';
import type { StageId, StageKey } from './types.js';
import { usesTensors } from './uses-tensors.js';
import type { PlanningWorld } from './world.js';

/** What a stage reads, as it counts in the stage's key. */
export interface KeyedInput {
  readonly role: string;
  readonly split: string | undefined;
  /** What the file calls the stage that is read. */
  readonly name: StageId;
  /** Of a stage that collects axes: where on them this input stands. */
  readonly cell: Axes | undefined;
  readonly key: StageKey;
}

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

  keyOf(draft: StageDraft, inputs: readonly KeyedInput[]): StageKey {
    const keys = this.known.get(draft) ?? new Map<string, StageKey>();
    const given = inputs.map(({ key, cell }) => (cell ? `${key} ${axesName(cell)}` : key)).join();
    const known = keys.get(given);
    if (known !== undefined) return known;
    this.printFields(draft);
    const key = stageKey(this.fingerprintOf(draft, inputs), this.texts);
    this.known.set(draft, keys.set(given, key));
    return key;
  }

  /** Once: the draft may have many keys, and shares most of what it holds with the drafts of other variants. */
  private printFields({ identity }: StageDraft): void {
    for (const part of [...Object.values(identity), identity]) {
      if (part === null || typeof part !== 'object' || this.texts.has(part)) continue;
      this.texts.set(part, canonicalJson(part, this.texts));
    }
  }

  /** What the key of a draft is the digest of. */
  fingerprintOf(draft: StageDraft, inputs: readonly KeyedInput[]): Fingerprint {
    const { backend, backendVersion, implementations } = this.world;
    return {
      format: 1,
      kind: draft.kind,
      fields: draft.identity,
      sources: required(this.sources.get(draft), `digests of ${draft.id}`),
      inputs: inputs
        .map((input) => [orderOf(input), fingerprintInput(input)] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([, input]) => input),
      implementation: implementations[draft.kind],
      backend: usesTensors(draft.kind) ? { name: backend, version: backendVersion } : null,
    };
  }
}

/** By role, and of many inputs of one role by their places, so that the order of seeds and arms does not count. */
function orderOf({ role, name, cell }: KeyedInput): string {
  return cell ? `${role} ${name} ${axesName(cell)}` : role;
}

function fingerprintInput({ role, key, split, name, cell }: KeyedInput): FingerprintInput {
  return { role, key, split: split ?? null, ...(cell && { cell: { stage: name, axes: cell } }) };
}

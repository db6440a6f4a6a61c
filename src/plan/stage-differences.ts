import { digestJson, type Digest } from '../base/digest.js';
import type { JsonObject } from '../base/json.js';
import { declarationOf } from './stage-drafts.js';
import type { PlannedInput, StageId } from './types.js';

/** What a stage is made of, as records show it: data by their paths, and nothing of the code. */
export interface DeclaredStage {
  readonly id: StageId;
  readonly kind: string;
  readonly fields: JsonObject;
  readonly inputs: readonly PlannedInput[];
  /** Where data and code are known, too. */
  readonly key?: string;
}

export interface StageDifference {
  readonly stage: StageId;
  /**
   * `input`: it says what it said, and reads something that differs. `key`: so does all that it reads, and yet its data,
   * its code or the backend is another.
   */
  readonly change: 'changed' | 'input' | 'key' | 'new' | 'gone';
  /** What it reads that differs. */
  readonly through: readonly StageId[];
}

/**
 * Which stages of a plan would give other results than those of an older one, data and code being equal: in the
 * older plan's order, and then those that are new. A stage's name is a label, here too.
 */
export function stageDifferences(
  old: readonly DeclaredStage[],
  now: readonly DeclaredStage[],
): readonly StageDifference[] {
  const [before, after] = [identify(old), identify(now)];
  const pairs = pairsOf(before, after);
  const known = new Set(before.map(({ whole }) => whole));
  const touched = new Set(after.filter(({ whole }) => !known.has(whole)).map(({ stage }) => stage.id));
  const paired = new Set([...pairs.values()]);
  return [
    ...before.flatMap((stage): readonly StageDifference[] => {
      const other = pairs.get(stage);
      if (!other) return [{ stage: stage.stage.id, change: 'gone', through: [] }];
      const { id, key } = other.stage;
      if (other.whole === stage.whole) {
        const isSame = key === undefined || stage.stage.key === undefined || key === stage.stage.key;
        return isSame ? [] : [{ stage: id, change: 'key', through: [] }];
      }
      const through = other.stage.inputs.map((input) => input.stage).filter((input) => touched.has(input));
      const change = other.own === stage.own && through.length > 0 ? 'input' : 'changed';
      return [{ stage: id, change, through }];
    }),
    ...after
      .filter((stage) => !paired.has(stage))
      .map(({ stage }): StageDifference => ({ stage: stage.id, change: 'new', through: [] })),
  ];
}

interface Identified {
  readonly stage: DeclaredStage;
  readonly name: string;
  /** Of what it says itself. */
  readonly own: Digest;
  /** Of that, and of all that it depends on. */
  readonly whole: Digest;
}

function identify(stages: readonly DeclaredStage[]): readonly Identified[] {
  const known = new Map<StageId, Digest>();
  return stages.map((stage) => {
    const { id, kind, fields } = stage;
    const inputs = stage.inputs.toSorted((a, b) => (a.role < b.role ? -1 : 1));
    const own = digestJson([
      kind,
      fields,
      inputs.map(({ role, stage, split }) => [role, nameOf(stage), split ?? null]),
    ]);
    const whole = digestJson([
      kind,
      fields,
      inputs.map(({ role, stage, split }) => [role, known.get(stage) ?? null, split ?? null]),
    ]);
    known.set(id, whole);
    return { stage, name: nameOf(id), own, whole };
  });
}

function nameOf(stage: StageId): string {
  return declarationOf(stage).join('.');
}

/** Which stage is which: equal ones first, then those of one name, then those that are alone with theirs. */
function pairsOf(
  before: readonly Identified[],
  after: readonly Identified[],
): ReadonlyMap<Identified, Identified> {
  const pairs = new Map<Identified, Identified>();
  const free = new Set(after);
  const unpaired = () => before.filter((stage) => !pairs.has(stage));
  const pairBy = (label: (stage: Identified) => string, alone = false): void => {
    const [olds, others] = [groups(unpaired(), label), groups([...free], label)];
    for (const [name, group] of olds) {
      const candidates = others.get(name) ?? [];
      if (alone && (group.length > 1 || candidates.length > 1)) continue;
      for (const [index, stage] of group.entries()) {
        const other = candidates[index];
        if (!other) break;
        pairs.set(stage, other);
        free.delete(other);
      }
    }
  };
  pairBy(({ name, whole }) => `${name} ${whole}`);
  pairBy(({ whole }) => whole);
  pairBy(({ stage }) => stage.id);
  pairBy(({ name }) => name, true);
  return pairs;
}

function groups(
  stages: readonly Identified[],
  label: (stage: Identified) => string,
): ReadonlyMap<string, readonly Identified[]> {
  const found = new Map<string, Identified[]>();
  for (const stage of stages) {
    const group = found.get(label(stage)) ?? [];
    found.set(label(stage), group);
    group.push(stage);
  }
  return found;
}

import { canonicalJson } from '../base/canonical-json.js';
import { required } from '../base/invariant.js';
import { alwaysRunning } from './always.js';
import type { Cause, DataChange } from './causes.js';
import { partChanges, type CodeParts } from './code-parts.js';
import { fieldChanges } from './field-changes.js';
import type { Fingerprint } from './fingerprint.js';
import { inputChanges, type ReadInput } from './input-changes.js';
import type { PastStage } from './past-plan.js';
import type { PastStages } from './past-stages.js';
import type { PlannedExperiments } from './plan.js';
import { sourcesOf, type SourceRecord } from './plan-record.js';
import type { PlannedStage, StageId, StageKey } from './types.js';

/** An earlier run of the pipeline, as far as it is known. */
export interface PastRun {
  readonly run: string;
  readonly stages: PastStages;
  /** The keys of the stages that came to their end in it. */
  readonly finished?: ReadonlySet<StageKey>;
}

/** The stage that one is compared with. */
export interface Compared {
  readonly run: PastRun;
  readonly stage: PastStage;
  /** Whether it is the same cell, and not only the nearest to it. */
  readonly isSame: boolean;
}

export interface Explanation {
  /** Empty where nothing is to run. */
  readonly causes: readonly Cause[];
  /** Absent where no earlier run has such a stage. */
  readonly compared?: Compared;
}

/** What a look into the cache says of a key. */
export type Found =
  | { readonly state: 'hit' }
  | { readonly state: 'miss' }
  | { readonly state: 'damaged'; readonly reason: string };

/** Says why stages are to run, by what earlier runs of the pipeline have written down. */
export class Explainer {
  private readonly planned: PlannedExperiments;
  private readonly code: CodeParts;
  private readonly past: readonly PastRun[];
  private readonly byId: ReadonlyMap<StageId, PlannedStage>;
  private readonly always: ReadonlySet<StageId>;
  private readonly known = new Map<PastStage, Map<StageId, readonly Cause[]>>();

  /** @param past The newest first. */
  constructor(planned: PlannedExperiments, code: CodeParts, past: readonly PastRun[]) {
    this.planned = planned;
    this.code = code;
    this.past = past;
    this.always = alwaysRunning(planned.plan);
    this.byId = new Map(planned.plan.stages.map((stage) => [stage.id, stage]));
  }

  explain(stage: PlannedStage, found: Found, isForced: boolean): Explanation {
    const compared = comparedWith(stage, this.past);
    if (found.state === 'hit') return { causes: isForced ? [{ type: 'forced' }] : this.whyAgain(stage) };
    if (found.state === 'damaged') return { causes: [{ type: 'damaged', reason: found.reason }] };
    if (!compared) return { causes: [{ type: 'never_ran' }] };
    if (compared.stage.key === stage.key) {
      const finished = compared.run.finished?.has(stage.key);
      return { causes: [{ type: 'absent', ...(finished !== undefined && { finished }) }], compared };
    }
    const differences = this.differences(stage.id, compared.stage, compared.run);
    return { causes: compared.isSame ? differences : [{ type: 'never_ran' }, ...differences], compared };
  }

  /** Why a stage runs whose result is in the store. */
  private whyAgain(stage: PlannedStage): readonly Cause[] {
    if (stage.policy?.always === true) return [{ type: 'always' }];
    return this.inputsOf(stage)
      .filter((input) => this.always.has(input.stage))
      .map((input) => ({ type: 'input', change: 'changed', before: input, after: input }) as const);
  }

  /**
   * Why the key of an input is another than it was in the run that its reader was compared with. Empty where that run
   * says nothing of it.
   */
  follow({ before, after }: { before: ReadInput; after: ReadInput }, { run }: Compared): readonly Cause[] {
    const past = run.stages.named(before.stage);
    return past && past.key !== after.key ? this.differences(after.stage, past, run) : [];
  }

  /** What makes a stage's key another than that of an earlier stage. */
  private differences(id: StageId, past: PastStage, run: PastRun): readonly Cause[] {
    const before = this.known.get(past) ?? new Map<StageId, readonly Cause[]>();
    const known = before.get(id);
    if (known) return known;
    const stage = required(this.byId.get(id), `stage ${id}`);
    const fingerprint = required(this.planned.fingerprints.get(id), `fingerprint of ${id}`);
    const found = [
      ...fieldChanges(past.fields, fingerprint.fields).map(
        (change) => ({ type: 'field', ...change }) as const,
      ),
      ...dataChanges(past.sources, sourcesOf(stage, fingerprint)),
      ...this.kindChanges(past, run, fingerprint),
      ...inputChanges(pastInputs(past, run), this.inputsOf(stage)).map(
        (change) => ({ type: 'input', ...change }) as const,
      ),
    ];
    const causes: readonly Cause[] = found.length === 0 ? [{ type: 'key' }] : found;
    this.known.set(past, before.set(id, causes));
    return causes;
  }

  private kindChanges({ kind }: PastStage, { stages }: PastRun, now: Fingerprint): readonly Cause[] {
    const { kinds, code } = stages.plan;
    const before = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!before) return [];
    const causes: Cause[] = [];
    if (before.implementation !== now.implementation) {
      causes.push({ type: 'code', parts: partChanges(kind, code, this.code) });
    }
    if (canonicalJson(before.backend) !== canonicalJson(now.backend)) {
      causes.push({ type: 'backend', before: before.backend, after: now.backend });
    }
    return causes;
  }

  private inputsOf(stage: PlannedStage): readonly ReadInput[] {
    return stage.inputs.map((input) => {
      const { key, axes = {} } = required(this.byId.get(input.stage), `stage ${input.stage}`);
      return { ...input, key, axes };
    });
  }
}

/** The newest earlier stage that is the same cell, or else the nearest of the newest run that has one. */
export function comparedWith(stage: PlannedStage, past: readonly PastRun[]): Compared | undefined {
  return (
    firstOf(past, (run) => {
      const same = run.stages.same(stage);
      return same && { run, stage: same, isSame: true };
    }) ??
    firstOf(past, (run) => {
      const nearest = run.stages.nearest(stage);
      return nearest && { run, stage: nearest, isSame: false };
    })
  );
}

function firstOf<Item, Value>(
  items: readonly Item[],
  find: (item: Item) => Value | undefined,
): Value | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function pastInputs(stage: PastStage, { stages }: PastRun): readonly ReadInput[] {
  return stage.inputs.flatMap((input) => {
    const read = stages.named(input.stage);
    return read ? [{ ...input, key: read.key, axes: read.axes }] : [];
  });
}

function dataChanges(before: readonly SourceRecord[], after: readonly SourceRecord[]): readonly DataChange[] {
  const fields = new Map([...after, ...before].map(({ field }) => [JSON.stringify(field), field]));
  const [was, is] = [before, after].map(
    (sources) => new Map(sources.map(({ field, digest }) => [JSON.stringify(field), digest])),
  );
  return [...fields].flatMap(([name, field]): DataChange[] => {
    const [old, now] = [was?.get(name), is?.get(name)];
    if (old === now) return [];
    return [
      {
        type: 'data',
        field,
        ...(old !== undefined && { before: old }),
        ...(now !== undefined && { after: now }),
      },
    ];
  });
}

import { collects } from './collects.js';
import type { Plan, StageId } from './types.js';

/** Why a stage of a run does not run although nothing went wrong; through other stages, too. */
export type Hindrance =
  /** A training that it reads. */
  | { readonly diverged: StageId }
  /** A gate that it waits for, and that did not pass. */
  | { readonly refused: StageId };

/** Results that keep other stages from running. */
export interface Results {
  readonly diverged: ReadonlySet<StageId>;
  /** Gates that failed or could not decide. */
  readonly refused: ReadonlySet<StageId>;
}

/** The stages that do not run because of results: the scheduler comes to the same, stage by stage (execute/outcomes.ts). */
export function hindrancesIn(
  { stages }: Pick<Plan, 'stages'>,
  { diverged, refused }: Results,
): ReadonlyMap<StageId, Hindrance> {
  const hindrances = new Map<StageId, Hindrance>();
  // A stage comes after all that it reads and waits for.
  for (const { id, kind, inputs, after } of stages) {
    const read = inputs.flatMap(({ stage }) => hindrances.get(stage) ?? []);
    const awaited = after.flatMap((stage) => hindrances.get(stage) ?? []);
    // What a stage that collects does not find is part of what it tells.
    const blocking = [...(collects(kind) ? read.filter(isRefusal) : read), ...awaited.filter(isRefusal)];
    // What does not run itself has no result in this run, whatever it came to in another.
    const ran = (stage: StageId) => !hindrances.has(stage);
    const gone = inputs.find(({ stage }) => diverged.has(stage) && ran(stage));
    const shut = after.find((stage) => refused.has(stage) && ran(stage));
    const hindrance =
      blocking[0] ??
      (gone && !collects(kind) ? { diverged: gone.stage } : undefined) ??
      (shut === undefined ? undefined : { refused: shut });
    if (hindrance) hindrances.set(id, hindrance);
  }
  return hindrances;
}

function isRefusal(hindrance: Hindrance): boolean {
  return 'refused' in hindrance;
}

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
    // What does not run itself has no result in this run, whatever it came to in another.
    const read = inputs.flatMap(
      ({ stage }) => hindrances.get(stage) ?? (diverged.has(stage) ? [{ diverged: stage }] : []),
    );
    const awaited = after.flatMap(
      (stage) => hindrances.get(stage) ?? (refused.has(stage) ? [{ refused: stage }] : []),
    );
    // What a stage that collects does not find is part of what it tells.
    const missed = collects(kind) ? read.filter(isRefusal) : read;
    const hindrance = missed[0] ?? awaited.find(isRefusal);
    if (hindrance) hindrances.set(id, hindrance);
  }
  return hindrances;
}

function isRefusal(hindrance: Hindrance): boolean {
  return 'refused' in hindrance;
}

import type { Plan, StageId, StageKey } from './types.js';

/**
 * For each stage whose key an earlier stage of the plan has, too, the first such stage: one result is both's. A run makes
 * it for the first, and the others take it.
 */
export function twinsIn({ stages }: Pick<Plan, 'stages'>): ReadonlyMap<StageId, StageId> {
  const first = new Map<StageKey, StageId>();
  const twins = new Map<StageId, StageId>();
  for (const { id, key } of stages) {
    const twin = first.get(key);
    if (twin === undefined) first.set(key, id);
    else twins.set(id, twin);
  }
  return twins;
}

import type { Plan, StageId } from './types.js';

/**
 * The stages of a plan that run although the cache has them: those that say so (`cache: false`), and all that read from
 * them, through others too.
 */
export function alwaysRunning({ stages }: Pick<Plan, 'stages'>): ReadonlySet<StageId> {
  const always = new Set<StageId>();
  // A stage comes after all that it reads.
  for (const { id, policy, inputs } of stages) {
    if (policy?.always === true || inputs.some(({ stage }) => always.has(stage))) always.add(id);
  }
  return always;
}

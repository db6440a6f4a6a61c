import type { Plan, StageId } from './types.js';

/** The stages that read, through others too, from some stages; each with the first of those that it leads to. */
export function readersOf(
  { stages }: Pick<Plan, 'stages'>,
  sources: ReadonlySet<StageId>,
): ReadonlyMap<StageId, StageId> {
  const readers = new Map<StageId, StageId>();
  // A stage comes after all that it reads.
  for (const { id, inputs } of stages) {
    for (const { stage } of inputs) {
      const source = sources.has(stage) ? stage : readers.get(stage);
      if (source === undefined) continue;
      readers.set(id, source);
      break;
    }
  }
  return readers;
}

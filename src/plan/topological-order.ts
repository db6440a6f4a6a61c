import { InternalError } from '../base/invariant.js';
import type { StageDraft } from './stage-drafts.js';
import type { StageId } from './types.js';

/** What a stage must wait for: what it reads, and what it only comes after. */
export function dependencies(stage: Pick<StageDraft, 'inputs' | 'after'>): readonly StageId[] {
  return [...new Set([...stage.inputs.map((input) => input.stage), ...stage.after])];
}

/**
 * The stages so that each comes after its dependencies, otherwise in the order given.
 * @throws InternalError on a cycle or an unknown stage: the rules of the language have refused both.
 */
export function topologicalOrder(stages: readonly StageDraft[]): readonly StageDraft[] {
  const placed = new Set<StageId>();
  const order: StageDraft[] = [];
  let waiting = [...stages];
  while (waiting.length > 0) {
    const ready = waiting.find((stage) => dependencies(stage).every((id) => placed.has(id)));
    if (ready === undefined) {
      throw new InternalError(`stages in a cycle: ${waiting.map((stage) => stage.id).join(', ')}`);
    }
    placed.add(ready.id);
    order.push(ready);
    waiting = waiting.filter((stage) => stage !== ready);
  }
  return order;
}

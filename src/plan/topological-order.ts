import type { StageId } from './types.js';

interface Waiting {
  readonly inputs: readonly { readonly stage: StageId }[];
  readonly after: readonly StageId[];
}

/** What a stage must wait for: what it reads, and what it only comes after. */
export function dependencies(stage: Waiting): readonly StageId[] {
  return [...new Set([...stage.inputs.map((input) => input.stage), ...stage.after])];
}

/**
 * The items so that each comes after its dependencies, otherwise in the order given. Undefined where they go in a
 * circle.
 * @param dependenciesOf Items among those given.
 */
export function topologicalOrder<Item>(
  items: readonly Item[],
  dependenciesOf: (item: Item) => readonly Item[],
): readonly Item[] | undefined {
  const open = new Set<Item>();
  const order = new Set<Item>();
  // A stack of our own: a chain of stages may be longer than calls can nest.
  for (const item of items) {
    const stack = [item];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const waiting = order.has(top) ? [] : dependenciesOf(top).filter((other) => !order.has(other));
      if (waiting.length === 0) {
        order.add(top);
        open.delete(top);
        stack.pop();
        continue;
      }
      if (waiting.some((other) => open.has(other))) return undefined;
      open.add(top);
      stack.push(...waiting.toReversed());
    }
  }
  return [...order];
}

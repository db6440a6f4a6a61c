import { InternalError } from '../base/invariant.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { PositionedMap, PositionedNode } from '../source/document.js';
import { mapEntries } from '../source/entries.js';
import { childOf, stepsOf, unknownStep, type DocumentPath } from './document-path.js';

export interface Removal {
  readonly root: PositionedMap;
  readonly problem: Diagnostic | undefined;
}

/**
 * The document without what the path leads to.
 * @param places What a path stands for in canonical form: `clip` is part of `lipschitz`. At least one of them is there.
 */
export function remove(
  root: PositionedMap,
  path: DocumentPath,
  places: readonly (readonly (string | number)[])[] = [stepsOf(path)],
): Removal {
  const there = places.filter(
    (place) => place.reduce<PositionedNode | undefined>(childOf, root) !== undefined,
  );
  if (there.length === 0) return { root, problem: nothingThere(root, path) };
  return { root: there.reduce<PositionedMap>(without, root), problem: undefined };
}

function nothingThere(root: PositionedMap, path: DocumentPath): Diagnostic {
  let node: PositionedNode = root;
  for (const [index, { step }] of path.steps.entries()) {
    const next = childOf(node, step);
    if (next === undefined) return unknownStep(path, index, node);
    node = next;
  }
  throw new InternalError('a path that leads nowhere leads somewhere');
}

function without<N extends PositionedNode>(node: N, path: readonly (string | number)[]): N;
function without(node: PositionedNode, [step, ...rest]: readonly (string | number)[]): PositionedNode {
  if (node.kind === 'map') {
    if (rest.length > 0) {
      return mapEntries(node, ({ key, value }) => (key === step ? without(value, rest) : value));
    }
    return { ...node, entries: node.entries.filter(({ key }) => key !== step) };
  }
  if (node.kind === 'list') {
    const items = node.items.flatMap((item, index) => {
      if (index !== step) return [item];
      return rest.length > 0 ? [without(item, rest)] : [];
    });
    return { ...node, items };
  }
  return node;
}

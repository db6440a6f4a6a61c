import type { SourceRange } from '../diagnostics/range.js';
import type { Experiment } from '../resolve/experiment.js';
import type { PositionedNode } from '../source/document.js';
import { entryOf, textOf } from '../source/entries.js';
import { nodeAt } from '../source/node-at.js';
import { declarationOf } from './stage-drafts.js';
import type { StageId } from './types.js';

type Path = readonly (string | number)[];

export interface FieldPlace {
  /** From the top of the file: `['architectures', 'critic', 'hidden']`. */
  readonly path: Path;
  /** Where the value was written; of one that nobody wrote, and of one that is gone, what it belongs to. */
  readonly range: SourceRange;
  /** Whether nobody wrote the value: it is the language's default. */
  readonly isDefault: boolean;
}

/**
 * Where the file says what a field of a planned stage is. A network, which a stage has among its fields, is found where it
 * is declared.
 * @param experiment One that has the stage.
 */
export function fieldPlace({ origins }: Experiment, stage: StageId, field: Path): FieldPlace {
  const declaration = declarationOf(stage);
  const [first, ...rest] = field;
  const declared = first === undefined ? undefined : nodeAt(origins, [...declaration, first]);
  const network = textOf(declared);
  const isNetwork =
    network !== undefined &&
    (first === 'generator' || first === 'critic') &&
    nodeAt(origins, ['architectures', network]) !== undefined;
  const path = isNetwork ? ['architectures', network, ...rest] : [...declaration, ...field];
  const node = nodeAt(origins, path);
  return {
    path,
    range: node ? (node.from ?? node.range) : nearestRange(origins, path),
    isDefault: node?.inferred === true && node.from === undefined,
  };
}

/** The name of the last part of the path that the file has. */
function nearestRange(root: PositionedNode, path: Path): SourceRange {
  let node = root;
  let { range } = root;
  for (const step of path) {
    const entry = typeof step === 'string' ? entryOf(node, step) : undefined;
    const next = nodeAt(node, [step]);
    if (!next) break;
    range = entry?.keyRange ?? next.range;
    node = next;
  }
  return range;
}

import stringWidth from 'string-width';

import { formatCount, plural } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import type { GraphEdge, GraphNode, StageGraph } from '../../plan/stage-graph.js';
import { stageName } from '../../plan/stage-name.js';
import type { Look } from '../terminal/look.js';
import { oneLine, padEnd } from '../terminal/text.js';
import { nodeCaption } from './captions.js';

/** Names longer than this do not push all captions to the right. */
const widestName = 28;
/** Cells of one stage that are named one by one where another reads all of them. */
const mostNamed = 4;

/** The stages in their order, each with what it reads, for people. */
export function graphText(graph: StageGraph, { colour, symbols }: Look): string {
  const { pipeline, nodes, edges } = graph;
  const incoming = groupBy(edges, ({ to }) => to);
  const rows = nodes.flatMap((node): readonly Row[] => [
    { name: node.id, caption: nodeCaption(node), isNode: true },
    ...inputRows(incoming.get(node.id) ?? []),
  ]);
  const widths = rows.map(({ name }) => stringWidth(oneLine(name)));
  const width = Math.max(0, ...widths.filter((cells) => cells <= widestName));
  const lines = rows.map(({ name, caption, isNode }) =>
    isNode
      ? `${colour.bold(padEnd(oneLine(name), width))}  ${oneLine(caption)}`
      : `${colour.dim(padEnd(oneLine(name), width))}  ${colour.dim(symbols.from)} ${oneLine(caption)}`,
  );
  return `${[`${oneLine(pipeline)}: ${sizeOf(nodes)}`, '', ...lines].join('\n')}\n`;
}

interface Row {
  readonly name: string;
  readonly caption: string;
  readonly isNode: boolean;
}

function sizeOf(nodes: readonly GraphNode[]): string {
  const cells = nodes.reduce((sum, node) => sum + node.cells, 0);
  return plural(nodes.length, 'stage') + (cells === nodes.length ? '' : ` with ${plural(cells, 'cell')}`);
}

/** A row for each thing that is read or waited for; of many cells of one stage, one row. */
function inputRows(edges: readonly GraphEdge[]): readonly Row[] {
  const alike = groupBy(edges, ({ from, role, split = '' }) =>
    JSON.stringify([role, split, stageName(from)]),
  );
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    const shown =
      first === undefined || group.length <= mostNamed
        ? group
        : [{ ...first, from: `${stageName(first.from)}, ${formatCount(group.length)} cells` }];
    return shown.map(({ role, from, split }) => ({
      name: `  ${role}`,
      caption: split === undefined ? from : `${from}, split ${split}`,
      isNode: false,
    }));
  });
}

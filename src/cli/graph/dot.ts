import { orderOnly, type StageGraph } from '../../plan/stage-graph.js';
import { edgeCaption, nodeLabel } from './captions.js';

/** The graph in Graphviz's language. Dashed edges are order alone; datasets are cylinders. */
export function dotOf({ pipeline, nodes, edges }: StageGraph): string {
  return `${[
    `digraph ${quoted(pipeline)} {`,
    '  rankdir=LR;',
    '  node [shape=box, style=rounded, fontname="Helvetica"];',
    '  edge [fontname="Helvetica", fontsize=10];',
    ...nodes.map((node) => {
      const shape = node.kind === 'dataset' ? ', shape=cylinder, style=solid' : '';
      return `  ${quoted(node.id)} [label=${label(nodeLabel(node))}${shape}];`;
    }),
    ...edges.map((edge) => {
      const style = edge.role === orderOnly ? ', style=dashed' : '';
      return `  ${quoted(edge.from)} -> ${quoted(edge.to)} [label=${label([edgeCaption(edge)])}${style}];`;
    }),
    '}',
  ].join('\n')}\n`;
}

/** Labels know the entities of HTML, and `\n` for a new line. */
function label(lines: readonly string[]): string {
  return `"${lines.map((line) => escaped(line).replaceAll('&', '&amp;')).join('\\n')}"`;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

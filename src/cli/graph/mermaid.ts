import { required } from '../../base/invariant.js';
import { orderOnly, type StageGraph } from '../../plan/stage-graph.js';
import { edgeCaption, nodeLabel } from './captions.js';

/** The graph as a Mermaid flowchart, as GitHub shows it in Markdown. Dotted edges are order alone. */
export function mermaidOf({ nodes, edges }: StageGraph): string {
  // Numbers, because a stage may have the name of a keyword: `end` would end the chart.
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const idOf = (name: string) => required(ids.get(name), `node ${name}`);
  return `${[
    'flowchart LR',
    ...nodes.map((node) => {
      const [open, close] = node.kind === 'dataset' ? ['[(', ')]'] : ['(', ')'];
      return `  ${idOf(node.id)}${open}${label(nodeLabel(node))}${close}`;
    }),
    ...edges.map((edge) => {
      const arrow = edge.role === orderOnly ? '-.->' : '-->';
      return `  ${idOf(edge.from)} ${arrow}|${label([edgeCaption(edge)])}| ${idOf(edge.to)}`;
    }),
  ].join('\n')}\n`;
}

function label(lines: readonly string[]): string {
  return `"${lines.map(escaped).join('<br/>')}"`;
}

/** What could end the label, or be read as HTML, Markdown or an entity, by its number. */
function escaped(text: string): string {
  return text.replace(/["#&;<>`]/g, (character) => `#${character.charCodeAt(0)};`);
}

import { required } from '../../base/invariant.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { stageOf, type Reference } from '../references.js';
import type { Rule } from './rule.js';

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly reference: Reference;
}

/** No stage waits for itself, neither directly nor through the stages that it reads or needs. */
export const stageCycle: Rule = (context) => {
  const edges = new Map<string, Edge[]>();
  for (const reference of context.references) {
    const from = reference.path[1];
    const to = stageOf(reference);
    if (to === undefined || typeof from !== 'string') continue;
    edges.set(from, [...(edges.get(from) ?? []), { from, to, reference }]);
  }
  const problems: Diagnostic[] = [];
  const finished = new Set<string>();
  const trail: Edge[] = [];

  const visit = (stage: string): void => {
    if (finished.has(stage)) return;
    for (const edge of edges.get(stage) ?? []) {
      trail.push(edge);
      const start = trail.findIndex(({ from }) => from === edge.to);
      if (start === -1) visit(edge.to);
      else problems.push(cycle(trail.slice(start)));
      trail.pop();
    }
    finished.add(stage);
  };
  for (const stage of context.stages.keys()) visit(stage);
  return problems;
};

function cycle(edges: readonly Edge[]): Diagnostic {
  const [, ...others] = edges;
  const at = required(edges[0], 'an edge of the cycle');
  return error('stage-cycle', {
    at: at.reference.scalar.range,
    message:
      others.length === 0
        ? `stage ${quoted(at.from)} waits for itself`
        : `stage ${quoted(at.from)} waits for ${edges.map(({ to }) => quoted(to)).join(', which waits for ')}`,
    notes: others.map(({ from, to, reference }) => ({
      message: `${quoted(from)} waits for ${quoted(to)}`,
      range: reference.scalar.range,
    })),
    help: 'take one of these names out of its `needs`',
  });
}

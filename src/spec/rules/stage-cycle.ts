import { formatCount } from '../../base/format.js';
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
  // Chains of stages may be longer than the stack is deep.
  const trail: Visit[] = [];
  const begin = (stage: string): void => {
    if (!finished.has(stage))
      trail.push({ stage, left: [...(edges.get(stage) ?? [])].reverse(), taken: undefined });
  };
  for (const stage of context.stages.keys()) {
    begin(stage);
    for (let visit = trail.at(-1); visit; visit = trail.at(-1)) {
      const edge = visit.left.pop();
      visit.taken = edge;
      if (!edge) {
        finished.add(visit.stage);
        trail.pop();
        continue;
      }
      const start = trail.findIndex(({ stage: before }) => before === edge.to);
      if (start === -1) begin(edge.to);
      else problems.push(cycle(trail.slice(start).flatMap(({ taken }) => taken ?? [])));
    }
  }
  return problems;
};

/** A stage whose edges are being followed. */
interface Visit {
  readonly stage: string;
  /** Those not followed yet, the next one last. */
  readonly left: Edge[];
  taken: Edge | undefined;
}

function cycle(edges: readonly Edge[]): Diagnostic {
  const [, ...others] = edges;
  const at = required(edges[0], 'an edge of the cycle');
  return error('stage-cycle', {
    at: at.reference.scalar.range,
    message:
      others.length === 0
        ? `stage ${quoted(at.from)} waits for itself`
        : `stage ${quoted(at.from)} waits for ${told(edges)}`,
    notes: others.map(({ from, to, reference }) => ({
      message: `${quoted(from)} waits for ${quoted(to)}`,
      range: reference.scalar.range,
    })),
    help: 'take one of these names out of its `needs`',
  });
}

const mostNamed = 8;

/** As in `b, which waits for a`; of a long way, how long it is. */
function told(edges: readonly Edge[]): string {
  const way = edges.map(({ to }) => quoted(to));
  return way.length <= mostNamed
    ? way.join(', which waits for ')
    : `itself, through ${formatCount(way.length - 1)} others`;
}

import { groupBy } from '../base/group.js';
import { required } from '../base/invariant.js';
import type { AxisValue } from '../resolve/axes.js';
import type { Plan, PlannedStage, StageId } from './types.js';
import { stageName } from './stage-name.js';

/** The stages of a plan and what leads from one to the other. */
export interface StageGraph {
  readonly pipeline: string;
  /** In the order of the plan. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  readonly id: string;
  readonly kind: PlannedStage['kind'];
  /** How many planned stages the node stands for. */
  readonly cells: number;
  /** The axes that make a difference to it, each with the values that its cells have. Empty where none do. */
  readonly axes: Readonly<Record<string, readonly AxisValue[]>>;
}

/** What reads comes last: edges go from what is made first to what uses it. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The field that reads, as in `model`; `needs` where nothing is read and only the order counts. */
  readonly role: string;
  /** Of a dataset: the split that is read. */
  readonly split?: string;
}

export const orderOnly = 'needs';

/** One node for each planned stage. */
export function graphOfCells(plan: Plan): StageGraph {
  return graphOf(plan, (id) => id);
}

/** One node for each stage of the file, however many cells it has. */
export function graphOfStages(plan: Plan): StageGraph {
  return graphOf(plan, stageName);
}

/** Planned stages of one name are one node, and equal edges between two nodes one edge. */
function graphOf(plan: Plan, nameOf: (id: StageId) => string): StageGraph {
  const byName = groupBy(plan.stages, ({ id }) => nameOf(id));
  const edges = new Map<string, GraphEdge>();
  const add = (edge: GraphEdge) => edges.set(JSON.stringify(Object.values(edge)), edge);
  for (const { id, inputs, after } of plan.stages) {
    const to = nameOf(id);
    for (const { stage, role, split } of inputs) {
      add({ from: nameOf(stage), to, role, ...(split !== undefined && { split }) });
    }
    for (const stage of after) add({ from: nameOf(stage), to, role: orderOnly });
  }
  return {
    pipeline: plan.pipeline,
    nodes: [...byName].map(([id, cells]) => ({
      id,
      kind: required(cells[0], `a cell of ${id}`).kind,
      cells: cells.length,
      axes: axesOf(cells),
    })),
    edges: [...edges.values()],
  };
}

function axesOf(cells: readonly PlannedStage[]): GraphNode['axes'] {
  const values = new Map<string, Set<AxisValue>>();
  for (const { axes = {} } of cells) {
    for (const [axis, value] of Object.entries(axes)) {
      values.set(axis, (values.get(axis) ?? new Set()).add(value));
    }
  }
  return Object.fromEntries([...values].map(([axis, all]) => [axis, [...all]]));
}

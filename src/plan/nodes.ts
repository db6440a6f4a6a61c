import { required } from '../base/invariant.js';
import type { Experiment } from '../resolve/experiment.js';
import type { StageDraft } from './stage-drafts.js';
import type { StageKeys } from './stage-keys.js';
import { dependencies, topologicalOrder } from './topological-order.js';
import type { StageId, StageKey } from './types.js';

/** A stage of the plan: what is one and the same in all the variants that have it. */
export interface Node {
  readonly draft: StageDraft;
  readonly key: StageKey;
  /** The first variant that has it. */
  readonly experiment: Experiment;
  readonly inputs: readonly Node[];
  /** What it comes after, in any of the variants. */
  readonly after: Set<Node>;
}

/** Of one name in the file, the variants that have it, by index, and their nodes. */
export interface Occurrences {
  readonly variants: number[];
  readonly nodes: Node[];
}

/** Merges the stages of the variants of a file: those of one name with equal keys are one node. */
export class Nodes {
  /** By the name in the file, in the order of their dependencies. */
  readonly byName = new Map<StageId, Occurrences>();
  private readonly keys: StageKeys;
  private readonly known = new Map<string, Node>();

  constructor(keys: StageKeys) {
    this.keys = keys;
  }

  add(variant: number, experiment: Experiment, drafts: readonly StageDraft[]): void {
    const byId = new Map(drafts.map((draft) => [draft.id, draft]));
    const order = topologicalOrder(drafts, (draft) =>
      dependencies(draft).map((id) => required(byId.get(id), `stage ${id}`)),
    );
    const here = new Map<StageId, Node>();
    const nodeAt = (id: StageId): Node => required(here.get(id), `node of ${id}`);
    // The rules of the language have refused circles.
    for (const draft of required(order, 'an order of the stages')) {
      const inputs = draft.inputs.map((input) => nodeAt(input.stage));
      const key = this.keys.keyOf(
        draft,
        inputs.map((input) => input.key),
      );
      const node = this.node({ draft, key, experiment, inputs });
      for (const id of draft.after) node.after.add(nodeAt(id));
      here.set(draft.id, node);
      const occurrences = this.byName.get(draft.id) ?? { variants: [], nodes: [] };
      this.byName.set(draft.id, occurrences);
      occurrences.variants.push(variant);
      occurrences.nodes.push(node);
    }
  }

  /** Every node once, so that each comes after its dependencies. Undefined where variants want contrary orders. */
  inOrder(): readonly Node[] | undefined {
    const nodes = new Set([...this.byName.values()].flatMap((occurrences) => occurrences.nodes));
    return topologicalOrder([...nodes], (node) => [...new Set([...node.inputs, ...node.after])]);
  }

  private node(parts: Omit<Node, 'after'>): Node {
    const identity = `${parts.draft.id} ${parts.key}`;
    const known = this.known.get(identity);
    if (known) return known;
    const node: Node = { ...parts, after: new Set() };
    this.known.set(identity, node);
    return node;
  }
}

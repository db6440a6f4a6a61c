import { required } from '../base/invariant.js';
import type { Axes } from '../resolve/axes.js';
import type { Experiment } from '../resolve/experiment.js';
import { collectedAxes, placeOn } from '../resolve/collected-axes.js';
import type { StageDraft } from './stage-drafts.js';
import type { KeyedInput, StageKeys } from './stage-keys.js';
import { dependencies, topologicalOrder } from './topological-order.js';
import type { PlannedInput, StageId, StageKey } from './types.js';

/** A stage of the plan: what is one and the same in all the variants that have it. */
export interface Node {
  readonly draft: StageDraft;
  readonly key: StageKey;
  /** The first variant that has it. */
  readonly experiment: Experiment;
  readonly inputs: readonly NodeInput[];
  /** What it comes after, in any of the variants. */
  readonly after: Set<Node>;
}

export interface NodeInput extends Omit<PlannedInput, 'stage'> {
  readonly node: Node;
}

/** Of one name in the file, the variants that have it, by index, and their nodes. */
export interface Occurrences {
  readonly variants: number[];
  readonly nodes: Node[];
}

/** The stages of one variant of a file. */
export interface DraftedVariant {
  readonly experiment: Experiment;
  readonly drafts: readonly StageDraft[];
}

interface Variant {
  readonly experiment: Experiment;
  readonly drafts: ReadonlyMap<StageId, StageDraft>;
  readonly nodes: Map<StageId, Node>;
}

/**
 * Merges the stages of the variants of a file: those of one name with equal keys are one node. A stage that collects
 * axes is one node for all variants along them, and reads the nodes of all these.
 */
export class Nodes {
  /** By the name in the file, in the order of their dependencies. */
  readonly byName = new Map<StageId, Occurrences>();
  private readonly keys: StageKeys;
  private readonly known = new Map<string, Node>();
  private readonly variants: readonly Variant[];

  constructor(variants: readonly DraftedVariant[], keys: StageKeys) {
    this.keys = keys;
    this.variants = variants.map(({ experiment, drafts }) => ({
      experiment,
      drafts: new Map(drafts.map((draft) => [draft.id, draft])),
      nodes: new Map(),
    }));
  }

  /** Every node once, so that each comes after its dependencies. Undefined where variants want contrary orders. */
  inOrder(): readonly Node[] | undefined {
    const names = namesInOrder(this.variants);
    if (names) {
      for (const name of names) this.addName(name);
    } else if (this.variants.some(collects)) {
      return undefined;
    } else {
      // No one order of names serves all variants, but each has its own.
      for (const [index, variant] of this.variants.entries()) {
        for (const name of required(namesInOrder([variant]), 'an order of the stages')) this.add(name, index);
      }
    }
    const nodes = new Set([...this.byName.values()].flatMap((occurrences) => occurrences.nodes));
    return topologicalOrder([...nodes], (node) => [
      ...new Set([...node.inputs.map((input) => input.node), ...node.after]),
    ]);
  }

  private addName(name: StageId): void {
    const groups = new Map<string, number[]>();
    for (const [index, { drafts, experiment }] of this.variants.entries()) {
      const across = drafts.get(name)?.across ?? [];
      if (across.length === 0) {
        this.add(name, index);
        continue;
      }
      const collected = collectedAxes(across, experiment.axes);
      const place = placeOn(experiment.axes, (axis) => !collected.has(axis));
      const group = groups.get(place) ?? [];
      groups.set(place, group);
      group.push(index);
    }
    for (const group of groups.values()) this.collect(name, group);
  }

  private add(name: StageId, index: number): void {
    const { drafts, experiment } = required(this.variants[index], 'a variant');
    const draft = drafts.get(name);
    if (!draft) return;
    const cell = draft.across && {};
    const node = this.node(
      draft,
      experiment,
      this.inputsOf(draft, index, cell),
      this.afterOf(draft, [index]),
    );
    this.note(name, index, node);
  }

  /** @param group The variants that are read together. */
  private collect(name: StageId, group: readonly number[]): void {
    const { drafts, experiment } = required(this.variants[required(group[0], 'a variant')], 'a variant');
    const draft = required(drafts.get(name), `stage ${name}`);
    const inputs = group.flatMap((index) => {
      const { axes } = required(this.variants[index], 'a variant').experiment;
      const collected = collectedAxes(draft.across ?? [], axes);
      const cell = Object.fromEntries(Object.entries(axes).filter(([axis]) => collected.has(axis)));
      return this.inputsOf(draft, index, cell);
    });
    const node = this.node(draft, experiment, inputs, this.afterOf(draft, group));
    for (const index of group) this.note(name, index, node);
  }

  /** @param cell Where the variant stands on the axes that the stage collects; undefined for one that collects none. */
  private inputsOf(draft: StageDraft, index: number, cell: Axes | undefined): readonly NodeInput[] {
    const { nodes, drafts } = required(this.variants[index], 'a variant');
    return draft.inputs.flatMap(({ stage, ...input }) => {
      // Of the variants that a stage collects, an arm may have taken out what it reads.
      if (cell && !drafts.has(stage)) return [];
      const node = required(nodes.get(stage), `node of ${stage}`);
      return [{ ...input, ...(cell && { cell }), node }];
    });
  }

  private afterOf({ after }: StageDraft, variants: readonly number[]): readonly Node[] {
    return variants.flatMap((index) =>
      after.flatMap((id) => required(this.variants[index], 'a variant').nodes.get(id) ?? []),
    );
  }

  private node(
    draft: StageDraft,
    experiment: Experiment,
    inputs: readonly NodeInput[],
    after: readonly Node[],
  ): Node {
    const key = this.keys.keyOf(draft, inputs.map(keyedInput));
    const identity = `${draft.id} ${key}`;
    const node = this.known.get(identity) ?? { draft, key, experiment, inputs, after: new Set() };
    this.known.set(identity, node);
    for (const other of after) node.after.add(other);
    return node;
  }

  private note(name: StageId, index: number, node: Node): void {
    required(this.variants[index], 'a variant').nodes.set(name, node);
    const occurrences = this.byName.get(name) ?? { variants: [], nodes: [] };
    this.byName.set(name, occurrences);
    occurrences.variants.push(index);
    occurrences.nodes.push(node);
  }
}

function keyedInput({ role, split, cell, node }: NodeInput): KeyedInput {
  return { role, split, name: node.draft.id, cell, key: node.key };
}

function collects({ drafts }: Variant): boolean {
  return [...drafts.values()].some(({ across }) => across !== undefined && across.length > 0);
}

/** The names of all stages, so that each comes after what it reads in any of the variants. Undefined where there is a circle. */
function namesInOrder(variants: readonly Variant[]): readonly StageId[] | undefined {
  const before = new Map<StageId, Set<StageId>>();
  const seen = new Set<StageDraft>();
  for (const draft of variants.flatMap(({ drafts }) => [...drafts.values()])) {
    // Most variants share most of their drafts.
    if (seen.has(draft)) continue;
    seen.add(draft);
    const known = before.get(draft.id) ?? new Set();
    before.set(draft.id, known);
    for (const id of dependencies(draft)) known.add(id);
  }
  return topologicalOrder([...before.keys()], (id) => [...(before.get(id) ?? [])]);
}

import type { Digest } from '../base/digest.js';
import { required } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { axesName, type Axes, type AxisValue } from '../resolve/axes.js';
import type { Experiment } from '../resolve/experiment.js';
import { Baselines } from './baselines.js';
import { keyedInput, Nodes, type DraftedVariant, type Node } from './nodes.js';
import type { Fingerprint } from './fingerprint.js';
import { sourceDiagnostic } from './source-diagnostic.js';
import { StageAxes } from '../resolve/stage-axes.js';
import { Drafter } from './drafter.js';
import type { StageDraft } from './stage-drafts.js';
import { StageKeys } from './stage-keys.js';
import type { Plan, PlannedStage, StageId } from './types.js';
import type { PlanningWorld } from './world.js';

export interface PlannedExperiments {
  readonly plan: Plan;
  /** For each stage, the first of the experiments that have it. */
  readonly experiments: ReadonlyMap<StageId, Experiment>;
  readonly drafts: ReadonlyMap<StageId, StageDraft>;
  /** For each stage, what its key is the digest of. */
  readonly fingerprints: ReadonlyMap<StageId, Fingerprint>;
}

/**
 * The stages that the variants of a file consist of, each with its key, in the order of their dependencies. Stages of
 * one name with equal keys are one stage. Every data file that cannot be read is a diagnostic at the field that names
 * it, all at once.
 */
export async function planExperiments(
  experiments: readonly Experiment[],
  world: PlanningWorld,
): Promise<Result<PlannedExperiments, readonly Diagnostic[]>> {
  const first = required(experiments[0], 'an experiment');
  const baselines = await Baselines.read(experiments, world.readBaseline);
  if (!baselines.ok) return baselines;
  const drafter = new Drafter(baselines.value);
  const variants = experiments.map((experiment) => ({
    experiment,
    drafts: drafter.draftStages(experiment.spec),
  }));
  const sources = await digestSources(variants, world);
  if (!sources.ok) return sources;

  const keys = new StageKeys(sources.value, world);
  const nodes = new Nodes(variants, keys);
  const order = nodes.inOrder();
  if (!order) return err([contraryOrders()]);

  const names = nameNodes(nodes, experiments);
  const axes = axesOf(experiments);
  const plan: Plan = {
    pipeline: first.spec.name,
    backend: world.backend,
    ...(axes && { axes }),
    stages: order.map((node) => planned(node, names)),
  };
  const ofEach = <Value>(valueOf: (node: Node) => Value): ReadonlyMap<StageId, Value> =>
    new Map(order.map((node) => [nameOf(node, names).id, valueOf(node)]));
  return ok({
    plan,
    experiments: ofEach((node) => node.experiment),
    drafts: ofEach((node) => node.draft),
    fingerprints: ofEach(({ draft, inputs }) => keys.fingerprintOf(draft, inputs.map(keyedInput))),
  });
}

/** The same for a file without axes. */
export async function planExperiment(
  experiment: Experiment,
  world: PlanningWorld,
): Promise<Result<Plan, readonly Diagnostic[]>> {
  const planned = await planExperiments([experiment], world);
  return planned.ok ? ok(planned.value.plan) : planned;
}

async function digestSources(
  variants: readonly DraftedVariant[],
  world: PlanningWorld,
): Promise<Result<ReadonlyMap<StageDraft, readonly Digest[]>, readonly Diagnostic[]>> {
  const sources = new Map<StageDraft, readonly Digest[]>();
  const problems: Diagnostic[] = [];
  for (const { experiment, drafts } of variants) {
    for (const draft of drafts) {
      if (sources.has(draft)) continue;
      const digests: Digest[] = [];
      for (const source of draft.sources) {
        const digest = await world.digestSource(source);
        if (digest.ok) digests.push(digest.value);
        else problems.push(sourceDiagnostic(experiment.origins, draft.path, source, digest.error));
      }
      sources.set(draft, digests);
    }
  }
  return problems.length > 0 ? err(problems) : ok(sources);
}

interface NodeName {
  readonly id: StageId;
  readonly axes: Axes | undefined;
}

type NodeNames = ReadonlyMap<Node, NodeName>;

/** `train` where no axis makes a difference, else `train@arm=penalty,seed=1` with those that do. */
function nameNodes(nodes: Nodes, experiments: readonly Experiment[]): NodeNames {
  const stageAxes = new StageAxes(experiments.map(({ axes }) => axes));
  const names = new Map<Node, NodeName>();
  for (const [id, occurrences] of nodes.byName) {
    const matter = stageAxes.thatMatter(occurrences.variants, occurrences.nodes);
    for (const node of occurrences.nodes) {
      if (names.has(node)) continue;
      const own = Object.entries(node.experiment.axes).filter(([axis]) => matter.includes(axis));
      const axes = Object.fromEntries(own);
      names.set(
        node,
        own.length === 0 ? { id, axes: undefined } : { id: `${id}@${axesName(axes)}` as StageId, axes },
      );
    }
  }
  return names;
}

function nameOf(node: Node, names: NodeNames): NodeName {
  return required(names.get(node), `name of ${node.draft.id}`);
}

function planned(node: Node, names: NodeNames): PlannedStage {
  const { kind, fields, policy } = node.draft;
  const { id, axes } = nameOf(node, names);
  const stage = {
    id,
    kind,
    fields,
    inputs: node.inputs.map(({ node: read, ...input }) => ({ ...input, stage: nameOf(read, names).id })),
    after: [...node.after].map((other) => nameOf(other, names).id),
    key: node.key,
    ...(axes && { axes }),
    ...(policy && { policy }),
  };
  // The parts of a union of drafts make a union of planned stages, member by member; TypeScript sees only the sum.
  return stage as PlannedStage;
}

function axesOf(experiments: readonly Experiment[]): Record<string, readonly AxisValue[]> | undefined {
  const values = new Map<string, Set<AxisValue>>();
  for (const { axes } of experiments) {
    for (const [axis, value] of Object.entries(axes)) {
      values.set(axis, (values.get(axis) ?? new Set()).add(value));
    }
  }
  return values.size === 0
    ? undefined
    : Object.fromEntries([...values].map(([axis, all]) => [axis, [...all]]));
}

/** Only `needs` can do that: what a stage reads is part of its key, so that stages which read otherwise are others. */
function contraryOrders(): Diagnostic {
  return {
    code: 'stage-cycle',
    severity: 'error',
    message: 'arms put equal stages in contrary orders by `needs`',
    notes: [],
    help: 'let `needs` name the same stages in every arm',
  };
}

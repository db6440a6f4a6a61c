import type { Digest } from '../base/digest.js';
import { required } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Experiment } from '../resolve/experiment.js';
import type { StageKind } from '../spec/fields.js';
import { stageKey, type Fingerprint } from './fingerprint.js';
import { sourceDiagnostic } from './source-diagnostic.js';
import { draftStages, type StageDraft } from './stage-drafts.js';
import { topologicalOrder } from './topological-order.js';
import type { Plan, PlannedStage, StageId, StageKey } from './types.js';
import type { PlanningWorld } from './world.js';

/**
 * The stages that an experiment consists of, each with its key, in the order of their dependencies.
 * Every data file that cannot be read is a diagnostic at the field that names it, all at once.
 */
export async function planExperiment(
  experiment: Experiment,
  world: PlanningWorld,
): Promise<Result<Plan, readonly Diagnostic[]>> {
  const drafts = topologicalOrder(draftStages(experiment.spec));
  const sources = new Map<StageId, readonly Digest[]>();
  const problems: Diagnostic[] = [];
  for (const draft of drafts) {
    const digests: Digest[] = [];
    for (const source of draft.sources) {
      const digest = await world.digestSource(source);
      if (digest.ok) digests.push(digest.value);
      else problems.push(sourceDiagnostic(experiment.origins, draft.path, source, digest.error));
    }
    sources.set(draft.id, digests);
  }
  if (problems.length > 0) return err(problems);

  const keys = new Map<StageId, StageKey>();
  const stages: PlannedStage[] = [];
  for (const draft of drafts) {
    const fingerprint = fingerprintOf(draft, required(sources.get(draft.id), 'digests'), keys, world);
    const key = stageKey(fingerprint);
    keys.set(draft.id, key);
    stages.push(planned(draft, key));
  }
  return ok({ pipeline: experiment.spec.name, backend: world.backend, stages });
}

function planned({ identity, sources, path, ...stage }: StageDraft, key: StageKey) {
  // The rest of a union of drafts is a union of planned stages, member by member; TypeScript sees only the sum.
  return { ...stage, key } as PlannedStage;
}

function fingerprintOf(
  draft: StageDraft,
  sources: readonly Digest[],
  keys: ReadonlyMap<StageId, StageKey>,
  world: PlanningWorld,
): Fingerprint {
  const inputs = draft.inputs.map((input) => ({
    role: input.role,
    key: required(keys.get(input.stage), `key of ${input.stage}`),
    split: input.split ?? null,
  }));
  return {
    format: 1,
    kind: draft.kind,
    fields: draft.identity,
    sources,
    inputs: inputs.toSorted((a, b) => (a.role < b.role ? -1 : 1)),
    implementation: world.implementations[draft.kind],
    backend: usesTensors(draft.kind) ? { name: world.backend, version: world.backendVersion } : null,
  };
}

/** Datasets are read and generated without tensors. */
function usesTensors(kind: StageKind): boolean {
  return kind !== 'dataset';
}

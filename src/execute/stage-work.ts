import { invariant, required } from '../base/invariant.js';
import type { Artifact, Cache } from '../cache/contract.js';
import { eventsFile } from '../cache/contract.js';
import { collects } from '../plan/collects.js';
import { stageName } from '../plan/stage-name.js';
import type { PlannedStage, RunnablePlan, RunnableStage } from '../plan/types.js';
import type { CollectingKind } from '../spec/fields.js';
import type { RunnableKind } from '../spec/runnable.js';
import type { Divergence, InputFound, NoteEvent, StageEvent, StageInputs } from './contract.js';
import { divergenceIn } from './diverged-artifact.js';
import { recordedEvents } from './recorded-events.js';
import type { CheckpointPlace, StageJob } from './worker-protocol.js';

/** An artifact, with what its stage reported when it ran. */
export interface Found {
  readonly state: 'found';
  readonly artifact: Artifact;
  readonly events: readonly StageEvent[];
  /** That a training ended with, as a result. */
  readonly divergence: Divergence | undefined;
}

export type Finding =
  Found | { readonly state: 'missing' } | { readonly state: 'damaged'; readonly reason: string };

/** What the cache has of a stage; `thorough` compares the files' content with their digests. */
export async function findArtifact(
  cache: Cache,
  stage: Pick<RunnableStage, 'key' | 'kind'>,
  care: 'quick' | 'thorough',
): Promise<Finding> {
  let lookup = await cache.lookup(stage.key);
  if (lookup.state === 'hit' && care === 'thorough') lookup = await cache.verify(lookup.artifact);
  if (lookup.state === 'miss') return { state: 'missing' };
  if (lookup.state === 'damaged') return lookup;
  const { artifact } = lookup;
  const events = await recordedEvents(artifact);
  if (!events.ok) return { state: 'damaged', reason: events.error };
  const divergence = await divergenceIn(stage, artifact);
  if (!divergence.ok) return { state: 'damaged', reason: divergence.error };
  return { state: 'found', artifact, events: events.value, divergence: divergence.value };
}

/** Where a stage is to leave its files, and how far it has come. */
interface StagePlaces {
  readonly output: string;
  readonly checkpoint: CheckpointPlace;
}

/** @param found what there is of the stage's inputs, in their order. */
export function jobOf(
  stage: RunnableStage,
  found: readonly InputFound[],
  places: StagePlaces,
  { backend, stages }: Pick<RunnablePlan, 'backend' | 'stages'>,
): StageJob {
  const { id, kind, fields, policy } = stage;
  const inputs = collects(kind) ? collectedBy(stage, found, stages) : inputsOf(stage, found);
  // The roles are the kind's own, as the planned stage's type says; `fromEntries` forgets them.
  return {
    stage: id,
    kind,
    fields,
    inputs,
    backend,
    ...places,
    ...(policy?.samples && { samples: policy.samples }),
  } as StageJob;
}

function inputsOf({ id, inputs }: RunnableStage, found: readonly InputFound[]) {
  const byRole = inputs.map(({ role, stage, split }, index) => {
    const input = required(found[index], `input ${role}`);
    invariant('directory' in input, `${id} is run with all that it reads`);
    return [role, { stage, directory: input.directory, ...(split !== undefined && { split }) }] as const;
  });
  return Object.fromEntries(byRole);
}

function collectedBy(
  { inputs }: RunnableStage,
  found: readonly InputFound[],
  stages: readonly PlannedStage[],
): StageInputs<CollectingKind & RunnableKind> {
  const planned = new Map(stages.map((stage) => [stage.id, stage]));
  const collected = inputs.map(({ stage, cell = {} }, index) => {
    const { key, kind } = required(planned.get(stage), `stage ${stage}`);
    return {
      name: stageName(stage),
      stage,
      key,
      kind,
      cell,
      found: required(found[index], `input ${stage}`),
    };
  });
  return { collected };
}

/** The same key stands for the same bits; where a rerun gives others, whoever trusts the key should know. */
export function differenceNote(earlier: Artifact | undefined, later: Artifact): NoteEvent | undefined {
  if (earlier === undefined || earlier.digest === later.digest) return undefined;
  return {
    type: 'note',
    message: `The result differs from the earlier one of the same key: ${listOfFiles(changedFiles(earlier, later))}`,
  };
}

/** The files in which two results differ. */
export function changedFiles(earlier: Artifact, later: Artifact): readonly string[] {
  const before = new Map(earlier.files.map((file) => [file.path, file.digest]));
  const after = new Map(later.files.map((file) => [file.path, file.digest]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => path !== eventsFile && before.get(path) !== after.get(path))
    .sort();
}

export function listOfFiles(files: readonly string[]): string {
  const shown = files.slice(0, 5).join(', ');
  return files.length > 5 ? `${shown} and ${files.length - 5} more files` : shown;
}

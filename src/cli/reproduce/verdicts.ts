import type { Digest } from '../../base/digest.js';
import type { Provenance } from '../../execute/events.js';
import { instructionsChange } from '../../execute/machine.js';
import { artifactOf, type RunRecord, type StageOutcome } from '../../execute/record.js';
import { changedFiles } from '../../execute/stage-work.js';
import type { StageId } from '../../plan/types.js';
import { explainFailure } from '../../report/failure.js';

/** What running a stage once more came to. */
export type Verdict = { readonly stage: StageId } & (
  | { readonly state: 'equal'; readonly digest: Digest }
  | { readonly state: 'different'; readonly files: readonly string[] }
  /** It completes "train ...". */
  | { readonly state: 'failed'; readonly reason: string }
);

/** Holds two runs of one plan against each other, stage by stage. */
export function verdictsOf(before: RunRecord, again: RunRecord): readonly Verdict[] {
  const outcomes = new Map(before.stages.map(({ stage, outcome }) => [stage.id, outcome]));
  return again.stages
    .filter(({ outcome }) => !isHindered(outcome))
    .map(({ stage: { id }, outcome }) => ({ stage: id, ...verdictOf(outcomes.get(id), outcome) }));
}

/** Such a stage has nothing to be compared; what it reads or waits for has. */
function isHindered({ state, ...outcome }: StageOutcome): boolean {
  if (!('because' in outcome) || outcome.because === 'interrupted') return false;
  return 'diverged' in outcome.because || 'refused' in outcome.because;
}

type Outcome = Verdict extends infer Each ? (Each extends Verdict ? Omit<Each, 'stage'> : never) : never;

function verdictOf(before: StageOutcome | undefined, again: StageOutcome): Outcome {
  const earlier = before && artifactOf(before);
  if (earlier === undefined) return { state: 'failed', reason: 'has no earlier result' };
  switch (again.state) {
    case 'succeeded':
    case 'diverged':
      return again.artifact.digest === earlier.digest
        ? { state: 'equal', digest: again.artifact.digest }
        : { state: 'different', files: changedFiles(earlier, again.artifact) };
    case 'failed':
      return { state: 'failed', reason: explainFailure(again.failure).verb };
    case 'pending':
    case 'running':
    case 'not_run':
      return { state: 'failed', reason: 'did not run' };
  }
}

/** What is other here than where a run was made, and may change the last bits of a result. */
export function provenanceDifferences(before: Provenance, here: Provenance): readonly string[] {
  const change = (what: string, then: string | undefined, now: string | undefined) =>
    then === undefined || then === now ? [] : [`${what}: ${then} then, ${now ?? 'unknown'} here`];
  return [
    ...change('TensorFlow', before.tensorflow, here.tensorflow),
    ...(before.instructions === undefined || before.instructions === here.instructions
      ? []
      : [`instruction set: ${instructionsChange(before.instructions, here.instructions ?? '')}`]),
    ...change('processor', before.cpu, here.cpu),
    ...change('Node.js', before.node, here.node),
    ...change('Wassermill', before.wassermill, here.wassermill),
  ];
}

import path from 'node:path';

import pLimit from 'p-limit';

import type { Artifact, Cache, Lookup } from '../cache/contract.js';
import { peekStore } from '../cache/store.js';
import { isDiverged } from '../execute/diverged-artifact.js';
import { gateVerdict } from '../execute/outcomes.js';
import { recordedEvents } from '../execute/recorded-events.js';
import { alwaysRunning } from '../plan/always.js';
import { estimateSeconds, type Timing } from '../plan/estimate.js';
import { comparedWith, Explainer, type Compared, type Explanation, type PastRun } from '../plan/explain.js';
import { stageName } from '../plan/stage-name.js';
import { networksOfPlan, type TrainedNetworks } from '../plan/network-sizes.js';
import { pastWorkOf, unitsOfPlan, workOf } from '../plan/stage-units.js';
import { hindrancesIn, type Hindrance, type Results } from '../plan/hindrances.js';
import type { TrainUnits } from '../plan/train-units.js';
import type { PlannedStage, StageId, StageKey } from '../plan/types.js';
import { implementationParts } from './build-manifest.js';
import { pastRuns, withFinished } from './past-runs.js';
import { foundSamples } from './found-samples.js';
import type { PlannedPipeline } from './planning.js';

const concurrentLookups = 16;
/** Earlier artifacts that are looked up for the time they took; more tell little more. */
const mostTimings = 500;
/** Times that are averaged for a stage without a time of its own. */
const mostAlike = 50;

/** What a run would do with a stage, and why. */
export interface AssessedStage {
  readonly stage: PlannedStage;
  readonly found: Lookup;
  readonly runs: boolean;
  /** An earlier stage of the plan that runs and gives the same result, which this one takes. */
  readonly sameAs?: StageId;
  /** A result of earlier runs, for which it does not run. */
  readonly hindrance?: Hindrance;
  readonly explanation: Explanation;
  /** How long it will take, by earlier runs; undefined where they do not tell, or nothing is to run. */
  readonly estimate: number | undefined;
}

export interface Assessment {
  /** In the order of the plan. */
  readonly stages: readonly AssessedStage[];
  /** How long each train stage trains. */
  readonly units: ReadonlyMap<StageId, TrainUnits>;
  /** How large the networks of each train stage are; or the dataset that has to run before that is known. */
  readonly networks: ReadonlyMap<StageId, TrainedNetworks>;
  readonly explainer: Explainer;
}

/** Holds a plan against the store and against earlier runs of the pipeline. Writes nothing. */
export async function assessPlan(
  { planned }: PlannedPipeline,
  { runs, force }: { readonly runs: string; readonly force: boolean },
): Promise<Assessment> {
  const { plan } = planned;
  const store = peekStore(path.join(runs, 'store'));
  const looks = await lookAll(store, plan.stages);
  const missing = looks.filter(({ found }) => found.state !== 'hit').map(({ stage }) => stage);
  const past = await pastOf(runs, plan.pipeline, missing.length > 0 || force ? plan.stages : [], missing);
  const explainer = new Explainer(planned, implementationParts(), past);
  const always = alwaysRunning(plan);
  const makers = new Map<StageKey, StageId>();
  const hindrances = hindrancesIn(plan, force ? noResults : await resultsIn(looks, always));
  const explained = looks.map(({ stage, found }) => {
    const hindrance = hindrances.get(stage.id);
    if (hindrance) return { stage, found, runs: false, hindrance, explanation: { causes: [] } };
    const sameAs = makers.get(stage.key);
    if (sameAs !== undefined) return { stage, found, runs: false, sameAs, explanation: { causes: [] } };
    const runs = force || found.state !== 'hit' || always.has(stage.id);
    if (runs) makers.set(stage.key, stage.id);
    return { stage, found, runs, explanation: explainer.explain(stage, found, force) };
  });
  const units = unitsOfPlan(plan);
  const timings = await timingsOf(store, explained, units, plan.backend);
  const stages = explained.map((row) => ({
    ...row,
    estimate: row.runs ? timings.estimate(row.stage, workOf(row.stage, units)) : undefined,
  }));
  return { stages, units, networks: networksOfPlan(plan, await foundSamples(looks)), explainer };
}

async function lookAll(store: Pick<Cache, 'lookup'>, stages: readonly PlannedStage[]) {
  return pLimit(concurrentLookups).map(stages, async (stage) => ({
    stage,
    found: await store.lookup(stage.key),
  }));
}

const noResults: Results = { diverged: new Set(), refused: new Set() };

/** The trainings that diverged and the gates that did not pass, which is their result, and stays so. */
async function resultsIn(
  looks: readonly { readonly stage: PlannedStage; readonly found: Lookup }[],
  always: ReadonlySet<StageId>,
): Promise<Results> {
  const diverged = new Set<StageId>();
  const refused = new Set<StageId>();
  for (const { stage, found } of looks) {
    if (found.state !== 'hit' || always.has(stage.id)) continue;
    if (isDiverged(stage, found.artifact)) diverged.add(stage.id);
    else if (stage.kind === 'gate' && (await refuses(found.artifact))) refused.add(stage.id);
  }
  return { diverged, refused };
}

/** Undecided where its events cannot be read: then it runs again. */
async function refuses(artifact: Artifact): Promise<boolean> {
  const events = await recordedEvents(artifact);
  return events.ok && gateVerdict(events.value) !== 'pass';
}

/** Earlier runs; of those that planned a missing stage just as it is, whether it came to its end. */
async function pastOf(
  runs: string,
  pipeline: string,
  wanted: readonly PlannedStage[],
  missing: readonly PlannedStage[],
): Promise<readonly PastRun[]> {
  const past = await pastRuns(runs, pipeline, wanted);
  const unexplained = new Set(
    missing.flatMap((stage) => {
      const compared = comparedWith(stage, past);
      return compared?.stage.key === stage.key ? [compared.run.run] : [];
    }),
  );
  return pLimit(1).map(past, async (run) => (unexplained.has(run.run) ? withFinished(run, runs) : run));
}

type Explained = Omit<AssessedStage, 'estimate'>;

/** How long artifacts took that are in the store: those of this plan, and those that its stages are compared with. */
async function timingsOf(
  store: Pick<Cache, 'lookup'>,
  stages: readonly Explained[],
  units: Assessment['units'],
  backend: string,
) {
  const same = new Map<StageId, Timing>();
  const alike = new Map<string, Timing[]>();
  const note = (stage: PlannedStage, timing: Timing): void => {
    same.set(stage.id, timing);
    const name = stageName(stage.id);
    const others = alike.get(name);
    if (!others) alike.set(name, [timing]);
    else if (others.length < mostAlike) others.push(timing);
  };
  for (const { stage, found } of stages) {
    if (found.state !== 'hit' || isDiverged(stage, found.artifact)) continue;
    note(stage, { seconds: found.artifact.seconds, work: workOf(stage, units) });
  }
  const before = stages
    .flatMap(({ stage, explanation: { compared } }) =>
      compared && compared.stage.key !== stage.key && isOn(backend, compared) ? [{ stage, compared }] : [],
    )
    .slice(0, mostTimings);
  await pLimit(concurrentLookups).map(before, async ({ stage, compared }) => {
    const seconds = await secondsOf(store, compared.stage);
    if (seconds === undefined) return;
    const work = pastWorkOf(compared.stage, (id) => compared.run.stages.named(id));
    note(stage, { seconds, work });
  });
  return {
    estimate: (stage: PlannedStage, work: number | undefined): number | undefined =>
      estimateSeconds(work, same.get(stage.id), alike.get(stageName(stage.id)) ?? []),
  };
}

/** Not of one that diverged: it did not take what its work takes. */
async function secondsOf(
  store: Pick<Cache, 'lookup'>,
  stage: { readonly key: StageKey; readonly kind: string },
): Promise<number | undefined> {
  const found = await store.lookup(stage.key);
  if (found.state !== 'hit' || isDiverged(stage, found.artifact)) return undefined;
  return found.artifact.seconds;
}

/** Whether a stage computed where this plan does: another backend takes another time. */
function isOn(backend: string, { stage, run }: Compared): boolean {
  const { kinds } = run.stages.plan;
  const computed = Object.hasOwn(kinds, stage.kind) ? kinds[stage.kind]?.backend : undefined;
  return computed === null || computed?.name === backend;
}

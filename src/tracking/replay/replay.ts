import { required } from '../../base/invariant.js';
import { contentOf } from '../artifact-files.js';
import { ApiError } from '../mlflow/api-error.js';
import { chunksOf, metricBatches } from '../mlflow/batches.js';
import { limits } from '../mlflow/limits.js';
import type { Mlflow } from '../mlflow/mlflow.js';
import type { DatasetInput, Run, Tag } from '../mlflow/types.js';
import { modelHistoryTag, placeAmongArtifacts, wholeModels } from '../models/mlmodel.js';
import {
  type ExperimentHead,
  type StoredRun,
  type TrackedModel,
  type TrackedExperiment,
  type TrackedRun,
  identityTags,
  runTag,
} from '../tracked/types.js';
import { isAlreadyThere, isLost } from './lost.js';
import { ModelReplay } from './models.js';
import { named, Refusals } from './refusals.js';
import { register } from './registration.js';

/** The server holds something that the run cannot be added to; only the user can decide what to do. */
export class ReplayProblem extends Error {
  override readonly name = 'ReplayProblem';
}

interface Known {
  readonly stored: StoredRun;
  readonly artifacts: string;
  /** Those that need not be sent again. */
  tags: readonly Tag[];
  readonly refusals: Refusals;
  /** All of it was sent; but for what is refused it is there. */
  isWhole: boolean;
}

/** What is on the server already, so that it need not be asked for again. */
export interface Replayed {
  experimentId: string | undefined;
  /** By `TrackedRun.id`. */
  readonly runs: Map<string, Known>;
}

/** What has become of an experiment's runs on a server. */
export interface Completed {
  readonly stored: readonly StoredRun[];
  /** By record, as `Refusals` has them; where there is more than the whole, with the name of the part. */
  readonly refused: ReadonlyMap<string, string>;
}

export const nothingReplayed = (): Replayed => ({ experimentId: undefined, runs: new Map() });

/**
 * Makes a server hold an experiment's runs, each exactly once however often that is asked for, and wherever an attempt before
 * broke off: runs are found again by a tag; equal metrics, params, tags, datasets and files that are there
 * already stay as they are. What the server refuses for good is set aside. The status comes last, so that of a run which looks
 * finished no more will come.
 */
export class Replay {
  readonly #mlflow: Mlflow;
  readonly #models: ModelReplay;
  readonly #there: Replayed;

  /** @param there is kept up to date */
  constructor(mlflow: Mlflow, there: Replayed = nothingReplayed()) {
    this.#mlflow = mlflow;
    this.#models = new ModelReplay(mlflow);
    this.#there = there;
  }

  /**
   * Everything, files included; runs that were made whole before are left alone.
   * @throws ReplayProblem, ApiError, ConnectionError
   */
  async complete({ runs, ...experiment }: TrackedExperiment): Promise<Completed> {
    const stored: StoredRun[] = [];
    const refused = new Map<string, string>();
    for (const run of runs) {
      const known = await this.#find(experiment, run);
      // A part that was over before the whole may have tags that only the end gave it.
      if (known.isWhole) await this.#tag(known, run);
      else await this.#finish(known, run);
      stored.push(known.stored);
      for (const [record, reason] of known.refusals.reasons())
        refused.set(run.parent === undefined ? record : `${record} of ${run.name}`, reason);
    }
    return { stored, refused };
  }

  /**
   * One run of an experiment under way: its metrics, or all of it where it is a part that is over.
   * @param run whose parent is there
   * @throws as `complete`
   */
  async advance(experiment: ExperimentHead, run: TrackedRun): Promise<void> {
    const known = await this.#find(experiment, run);
    if (run.parent !== undefined && run.status !== 'RUNNING') {
      await this.#finish(known, run);
    } else {
      await this.#tag(known, run);
      await this.#append(known, run);
    }
  }

  /** What is known of a run on the server: nothing, that it is there, or that all of it is. */
  knows(id: string): 'absent' | 'there' | 'whole' {
    const known = this.#there.runs.get(id);
    return known === undefined ? 'absent' : known.isWhole ? 'whole' : 'there';
  }

  /**
   * Puts aside all that the server has of these runs, so that they can be sent anew: MLflow takes back no metric. Where that breaks off, it
   * can be asked for again.
   */
  async supersede({ runs, ...experiment }: TrackedExperiment): Promise<void> {
    const experimentId = await this.#experimentId(experiment);
    for (const run of runs) {
      const superseded = `${run.id}.superseded`;
      const found = await findRun(this.#mlflow, experimentId, run);
      this.#there.runs.delete(run.id);
      for (const model of run.models) await this.#models.supersede(model, experimentId);
      if (found !== undefined) await this.#mlflow.setTag(found.info.run_id, runTag, superseded);
      // That of an attempt that broke off before it was deleted, too.
      const filter = `tags.\`${runTag}\` = '${superseded}'`;
      const { runs: left = [] } = await this.#mlflow.searchRuns([experimentId], filter, 'ACTIVE_ONLY');
      for (const { info } of left) await this.#mlflow.deleteRun(info.run_id);
    }
  }

  async #experimentId(experiment: ExperimentHead): Promise<string> {
    return (this.#there.experimentId ??= await experimentIdOf(this.#mlflow, experiment));
  }

  async #find(experiment: ExperimentHead, run: TrackedRun): Promise<Known> {
    const before = this.#there.runs.get(run.id);
    if (before !== undefined) return before;
    const experimentId = await this.#experimentId(experiment);
    const parent =
      run.parent === undefined ? undefined : required(this.#there.runs.get(run.parent), 'its parent');
    const tags = identityTags(run, parent?.stored.storeId);
    const { info, data } = await findOrCreateRun(this.#mlflow, experimentId, run, tags);
    // A param is refused if it is there with another value, and would take its whole batch with it: params go
    // alone. Those that are there are the same ones, for they come from the same journal.
    const there = new Set(data.params?.map(({ key }) => key));
    const params = run.params.filter(({ key }) => !there.has(key));
    const refusals = new Refusals();
    for (const chunk of chunksOf(params, limits.paramsPerBatch)) {
      await refusals.send(chunk, named('param'), (some) => this.#mlflow.logBatch(info.run_id, [], some));
    }
    const stored = { id: run.id, experimentId, storeId: info.run_id };
    const known = { stored, artifacts: info.artifact_uri, tags: [], refusals, isWhole: false };
    this.#there.runs.set(run.id, known);
    return known;
  }

  async #append({ stored, refusals }: Known, { metrics }: TrackedRun): Promise<void> {
    for (const batch of metricBatches(metrics)) {
      await refusals.send(batch, named('metric'), (some) => this.#mlflow.logBatch(stored.storeId, some));
    }
  }

  async #tag(known: Known, { tags }: TrackedRun): Promise<void> {
    const values = new Map(known.tags.map(({ key, value }) => [key, value]));
    const changed = tags.filter(({ key, value }) => values.get(key) !== value);
    const { refusals, stored } = known;
    for (const chunk of chunksOf(changed, limits.tagsPerBatch)) {
      await refusals.send(chunk, named('tag'), (some) => this.#mlflow.logBatch(stored.storeId, [], [], some));
    }
    known.tags = tags;
  }

  async #finish(known: Known, run: TrackedRun): Promise<void> {
    const id = known.stored.storeId;
    const { refusals } = known;
    await this.#append(known, run);
    await this.#tag(known, run);
    const nameOf = ({ dataset }: DatasetInput) => `dataset ${dataset.name}`;
    await refusals.send(run.datasets, nameOf, (some) => this.#mlflow.logInputs(id, some));
    for (const { path, source } of run.artifacts) {
      const content = await contentOf(source);
      if (content === undefined) continue;
      const upload = () => this.#mlflow.uploadArtifact(known.artifacts, path, content);
      await refusals.send([path], () => `file ${path}`, upload);
    }
    await this.#sendModels(known, run);
    await this.#mlflow.updateRun(id, run.status, run.endTime);
    known.isWhole = true;
  }

  async #sendModels({ stored, artifacts, refusals }: Known, { models }: TrackedRun): Promise<void> {
    const { experimentId, storeId: runId } = stored;
    const among: TrackedModel[] = [];
    for (const model of await wholeModels(models)) {
      await refusals.send(
        [model],
        () => `model ${model.name}`,
        async () => {
          const { kept, source } = await this.#models.send(model, {
            experimentId,
            runId,
            artifacts,
            refusals,
          });
          if (kept === 'artifacts') among.push(model);
          const { registered } = model;
          if (registered === undefined) return;
          const version = `version of the registered model ${registered.name}`;
          await refusals.send(
            [registered],
            () => version,
            () => register(this.#mlflow, model, registered, source),
          );
        },
      );
    }
    if (among.length === 0) return;
    const tag = await modelHistoryTag(among, (model) => placeAmongArtifacts(model, runId));
    await refusals.send([tag], named('tag'), (some) => this.#mlflow.logBatch(runId, [], [], some));
  }
}

async function experimentIdOf(mlflow: Mlflow, { name, tags }: ExperimentHead): Promise<string> {
  const found = await findExperiment(mlflow, name);
  if (found !== undefined) return found;
  try {
    return await mlflow.createExperiment(name, undefined, tags);
  } catch (error) {
    // Somebody else was faster, or the answer to our own request was lost.
    const made = isLost(error) || isAlreadyThere(error) ? await findExperiment(mlflow, name) : undefined;
    if (made === undefined) throw error;
    return made;
  }
}

async function findExperiment(mlflow: Mlflow, name: string): Promise<string | undefined> {
  try {
    const { experiment_id, lifecycle_stage } = await mlflow.getExperimentByName(name);
    if (lifecycle_stage === 'active') return experiment_id;
    throw new ReplayProblem(
      `the experiment ${name} (id ${experiment_id}) is deleted on the MLflow server; bring it back with ` +
        `\`mlflow experiments restore --experiment-id ${experiment_id}\`, or give the pipeline another name`,
    );
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  }
}

async function findOrCreateRun(
  mlflow: Mlflow,
  experimentId: string,
  run: TrackedRun,
  tags: readonly Tag[],
): Promise<Run> {
  const found = await findRun(mlflow, experimentId, run);
  if (found !== undefined) return found;
  try {
    return await mlflow.createRun(experimentId, run.name, run.startTime, tags);
  } catch (error) {
    const made = isLost(error) ? await findRun(mlflow, experimentId, run) : undefined;
    if (made === undefined) throw error;
    return made;
  }
}

async function findRun(mlflow: Mlflow, experimentId: string, { id }: TrackedRun): Promise<Run | undefined> {
  const filter = `tags.\`${runTag}\` = '${id}'`;
  const { runs } = await mlflow.searchRuns([experimentId], filter, 'ALL', 1);
  const run = runs?.[0];
  if (run?.info.lifecycle_stage === 'deleted') {
    throw new ReplayProblem(
      `run ${id} is deleted on the MLflow server; bring it back with ` +
        `\`mlflow runs restore --run-id ${run.info.run_id}\` to have it completed`,
    );
  }
  return run;
}

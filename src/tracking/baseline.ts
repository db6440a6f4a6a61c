import { finiteOrWord, numberOrWord } from '../base/finite-or-word.js';
import type { JsonObject } from '../base/json.js';
import { err, ok, type Result } from '../base/result.js';
import { ApiError } from './mlflow/api-error.js';
import type { Mlflow } from './mlflow/mlflow.js';
import type { Run, Tag, WireMetric } from './mlflow/types.js';
import { identityTag, stageKeyTag } from './tracked/keys.js';

/** Which past runs are asked for. */
export interface PastQuery {
  readonly experiment: string;
  /** In MLflow's own language; undefined for all runs. */
  readonly filter: string | undefined;
  /** Key of the metric, as in `quality/fid`. */
  readonly metric: string;
  /** At most so many of the latest. */
  readonly latest: number;
}

export interface PastRun {
  /** MLflow's id. */
  readonly run: string;
  readonly name: string;
  /** The last one that was logged; a word where it is not finite. */
  readonly value: WireMetric['value'];
  /** What the value is of, where the run was ours and says so. */
  readonly identity?: JsonObject;
  /** Of the stage that the value is from, where the run was ours. */
  readonly key?: string;
}

/** What of a query is wrong, in the server's words where it has some. */
export interface QueryFault {
  readonly of: 'experiment' | 'filter';
  readonly message: string;
}

/** More are not looked through for a metric that none of them has. */
const mostRuns = 20_000;
const page = 1000;

/**
 * The finished runs of an experiment that have the metric, the latest first where there are more than asked for. A run that is under way,
 * failed or was killed has no last value that anything could be held against, and neither has a part of it. Of runs that have one and
 * the same result, told again from the cache, the first counts.
 *
 * @throws ApiError and ConnectionError for what is no fault of the query.
 */
export async function pastRuns(
  mlflow: Mlflow,
  { experiment, filter, metric, latest }: PastQuery,
): Promise<Result<readonly PastRun[], QueryFault>> {
  const id = await experimentId(mlflow, experiment);
  if (id === undefined) {
    return err({ of: 'experiment', message: `the MLflow server has no experiment "${experiment}"` });
  }
  const ends = new Ends(mlflow);
  const found = new Map<string, PastRun>();
  let token: string | undefined;
  for (let seen = 0; seen < mostRuns; seen += page) {
    const answer = await refusable(filter, () =>
      mlflow.searchRuns([id], filter, 'ACTIVE_ONLY', page, ['attributes.start_time DESC'], token),
    );
    if (answer instanceof ApiError) return err({ of: 'filter', message: answer.message });
    for (const run of answer.runs ?? []) {
      const past = pastRunOf(run, metric);
      if (past && (await ends.isOver(run))) found.set(past.key ?? past.run, past);
    }
    token = answer.next_page_token;
    if (token === undefined || token === '' || found.size >= latest) break;
  }
  // In an order of their own: runs that began together come in any, and should not be another baseline each time.
  return ok([...found.values()].slice(0, latest).toSorted((a, b) => (a.run < b.run ? -1 : 1)));
}

/** Which runs are over, with all that they are part of. */
class Ends {
  readonly #mlflow: Mlflow;
  readonly #parents = new Map<string, Promise<boolean>>();

  constructor(mlflow: Mlflow) {
    this.#mlflow = mlflow;
  }

  async isOver({ info, data }: Run): Promise<boolean> {
    if (info.status !== 'FINISHED') return false;
    const parent = data.tags?.find(({ key }) => key === 'mlflow.parentRunId')?.value;
    if (parent === undefined) return true;
    const known = this.#parents.get(parent) ?? this.#parentIsOver(parent);
    this.#parents.set(parent, known);
    return known;
  }

  async #parentIsOver(parent: string): Promise<boolean> {
    try {
      return await this.isOver(await this.#mlflow.getRun(parent));
    } catch (error) {
      // Removed for good: nothing says that it was not.
      if (error instanceof ApiError && error.statusCode === 404) return true;
      throw error;
    }
  }
}

/** Undefined for an experiment that is not there, or was deleted. */
async function experimentId(mlflow: Mlflow, name: string): Promise<string | undefined> {
  try {
    const { experiment_id, lifecycle_stage } = await mlflow.getExperimentByName(name);
    return lifecycle_stage === 'active' ? experiment_id : undefined;
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 404) return undefined;
    throw error;
  }
}

/** The answer, or the refusal of a filter that makes no sense. */
async function refusable<T>(filter: string | undefined, request: () => Promise<T>): Promise<T | ApiError> {
  try {
    return await request();
  } catch (error) {
    if (filter !== undefined && error instanceof ApiError && error.statusCode === 400) return error;
    throw error;
  }
}

function pastRunOf({ info, data }: Run, metric: string): PastRun | undefined {
  const logged = data.metrics?.find(({ key }) => key === metric);
  if (logged === undefined) return undefined;
  // A word on the wire where it is not finite; and databases have the largest number in place of infinity.
  const value = numberOrWord(logged.value);
  const known = Math.abs(value) === Number.MAX_VALUE ? Math.sign(value) * Number.POSITIVE_INFINITY : value;
  const { tags = [] } = data;
  const identity = identityIn(tags, metric);
  const key = tags.find((tag) => tag.key === stageKeyTag(metric))?.value;
  return {
    run: info.run_id,
    name: info.run_name,
    value: finiteOrWord('', known) as PastRun['value'],
    ...(identity && { identity }),
    ...(key !== undefined && { key }),
  };
}

/** Undefined for a run of somebody else's, whatever it has under that name. */
function identityIn(tags: readonly Tag[], metric: string): JsonObject | undefined {
  const tag = tags.find(({ key }) => key === identityTag(metric));
  try {
    const identity: unknown = JSON.parse(tag?.value ?? '');
    return typeof identity === 'object' && identity !== null && !Array.isArray(identity)
      ? (identity as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

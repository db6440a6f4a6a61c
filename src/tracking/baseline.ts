import { finiteOrWord, numberOrWord } from '../base/finite-or-word.js';
import { err, ok, type Result } from '../base/result.js';
import type { JsonObject } from '../base/json.js';
import { ApiError } from './mlflow/api-error.js';
import type { Mlflow } from './mlflow/mlflow.js';
import { identityTag } from './tracked/keys.js';
import type { Run, Tag, WireMetric } from './mlflow/types.js';

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
 * The finished runs of an experiment that have the metric, the latest first. One that is under way, failed or was killed has no last
 * value that anything could be held against.
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
  const found: PastRun[] = [];
  let token: string | undefined;
  for (let seen = 0; seen < mostRuns; seen += page) {
    const answer = await refusable(() =>
      mlflow.searchRuns([id], filter, 'ACTIVE_ONLY', page, ['attributes.start_time DESC'], token),
    );
    if (answer instanceof ApiError) return err({ of: 'filter', message: answer.message });
    found.push(...(answer.runs ?? []).flatMap((run) => pastRunOf(run, metric) ?? []));
    token = answer.next_page_token;
    if (token === undefined || token === '' || found.length >= latest) break;
  }
  // Runs that started together come in any order, and should not be another baseline each time.
  return ok(found.slice(0, latest).toSorted((a, b) => (a.run < b.run ? -1 : 1)));
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

/** The answer, or the refusal of a request that makes no sense. */
async function refusable<T>(request: () => Promise<T>): Promise<T | ApiError> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ApiError && error.statusCode === 400) return error;
    throw error;
  }
}

function pastRunOf({ info, data }: Run, key: string): PastRun | undefined {
  if (info.status !== 'FINISHED') return undefined;
  const metric = data.metrics?.find((one) => one.key === key);
  // A word on the wire where it is not finite; and databases have the largest number in place of infinity.
  const value = metric && numberOrWord(metric.value);
  if (value === undefined) return undefined;
  const known = Math.abs(value) === Number.MAX_VALUE ? Math.sign(value) * Number.POSITIVE_INFINITY : value;
  const identity = identityIn(data.tags ?? [], key);
  return {
    run: info.run_id,
    name: info.run_name,
    value: finiteOrWord('', known) as PastRun['value'],
    ...(identity && { identity }),
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

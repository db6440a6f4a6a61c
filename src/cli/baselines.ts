import { err, ok, type Result } from '../base/result.js';
import type { BaselineFault, ReadBaseline } from '../plan/world.js';
import { metricName } from '../spec/references.js';
import type { BaselineSpec } from '../spec/baseline.js';
import type { BaselineRun } from '../spec/fields.js';
import { pastRuns, type QueryFault } from '../tracking/baseline.js';
import { ApiError, ConnectionError } from '../tracking/mlflow/api-error.js';
import { Mlflow } from '../tracking/mlflow/mlflow.js';
import { InvalidArgument } from '../tracking/mlflow/validate.js';
import { keyOf } from '../tracking/tracked/keys.js';
import type { Surroundings } from './surroundings.js';

/** Somebody waits for the plan: that a server is down should be known within seconds. */
const impatient = { retries: 1, timeout: 20_000 };

/** Reads baselines on the server that MLFLOW_TRACKING_URI names. */
export function serverBaselines(environment: Surroundings['environment']): ReadBaseline {
  return (baseline, metric) => readOnServer(baseline, metric, environment);
}

/** Baselines of a plan that nobody runs: nothing is asked for. */
export const noBaselines: ReadBaseline = () => Promise.resolve(ok([]));

async function readOnServer(
  { mlflow: { experiment, filter, metric: key, latest } }: BaselineSpec,
  metric: string,
  environment: Surroundings['environment'],
): Promise<Result<readonly BaselineRun[], BaselineFault>> {
  const uri = environment['MLFLOW_TRACKING_URI'] ?? '';
  if (uri === '') {
    return err({
      field: [],
      message: 'a baseline is read from an MLflow server, and none is named',
      help: 'set MLFLOW_TRACKING_URI to its address, as in `export MLFLOW_TRACKING_URI=http://127.0.0.1:5000`',
    });
  }
  const query = { experiment, filter, metric: key ?? loggedKey(metric), latest };
  try {
    const runs = await pastRuns(new Mlflow(uri, { environment, ...impatient }), query);
    return runs.ok ? runs : err(faultOf(runs.error));
  } catch (error) {
    if (error instanceof InvalidArgument) {
      return err({
        field: [],
        message: error.message,
        help: 'correct the MLFLOW_ variables of the environment',
      });
    }
    if (error instanceof ApiError || error instanceof ConnectionError) {
      return err({
        field: [],
        message: `the baseline cannot be read: ${error.message}`,
        help: 'see that the server of MLFLOW_TRACKING_URI answers, or leave the assertion out for now',
      });
    }
    throw error;
  }
}

/** The key under which a run of ours logs `quality.modes.total_variation`. */
function loggedKey(metric: string): string {
  const { stage, metric: name = '' } = metricName(metric);
  return keyOf(`${stage}/${name}`);
}

function faultOf({ of, message }: QueryFault): BaselineFault {
  return {
    field: ['mlflow', of],
    message,
    help:
      of === 'experiment'
        ? 'name one that it has; a pipeline’s runs are in the experiment of its `name`'
        : "filters are like `tags.release = '1.0' AND params.batch_size = '64'`: see https://mlflow.org/docs/latest/search-runs.html",
  };
}

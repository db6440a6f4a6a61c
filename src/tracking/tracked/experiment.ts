import type { JsonValue } from '../../base/json.js';
import type { RunOutcome } from '../../execute/events.js';
import type { RunRecord } from '../../execute/record.js';
import type { Metric, RunStatus } from '../mlflow/types.js';
import { artifactsOf } from './artifacts.js';
import { datasetInputsOf } from './datasets.js';
import { keyOf } from './keys.js';
import { paramsOf } from './params.js';
import { tagsOf } from './tags.js';
import type { TrackedExperiment } from './types.js';

const statuses: Record<RunOutcome, RunStatus> = {
  succeeded: 'FINISHED',
  failed: 'FAILED',
  interrupted: 'KILLED',
};

/**
 * What MLflow is to hold of a run. The same record and folder give the same experiment.
 *
 * @param directory the run's own folder, absolute: report, resolved specification and plan lie there
 */
export function trackedExperimentOf(record: RunRecord, directory: string): TrackedExperiment {
  const { start, end, stages } = record;
  const planned = stages.filter(({ stage }) => stage.kind !== 'dataset');
  return {
    name: start.pipeline,
    tags: [
      // Of MLflow 3's kinds of experiments, that which shows training charts, not traces of language models.
      { key: 'mlflow.experimentKind', value: 'custom_model_development' },
      ...(start.desc === undefined ? [] : [{ key: 'mlflow.note.content', value: start.desc }]),
    ],
    runs: [
      {
        id: start.run,
        parent: undefined,
        name: start.run,
        user: start.provenance.user,
        status: end === undefined ? 'RUNNING' : statuses[end.outcome],
        startTime: start.time,
        endTime: end?.time,
        // Fields are what the specification's schema describes: JSON.
        params: planned.flatMap(({ stage }) => paramsOf(stage.id, stage.fields as unknown as JsonValue)),
        tags: tagsOf(record),
        metrics: metricsOf(record),
        datasets: datasetInputsOf(record),
        artifacts: artifactsOf(record, directory),
      },
    ],
  };
}

/** Keys are `stage/metric`, so that each stage is a section of MLflow's charts. */
function metricsOf(record: RunRecord): Required<Metric>[] {
  return record.stages.flatMap(({ stage, metrics }) => {
    const keys = new Map<string, string>();
    const keyFor = (name: string): string => {
      const key = keys.get(name) ?? keyOf(`${stage.id}/${name}`);
      keys.set(name, key);
      return key;
    };
    return metrics.flatMap(({ step, timestamp, values }) =>
      Object.entries(values).map(([name, value]) => ({ key: keyFor(name), value, timestamp, step })),
    );
  });
}

import type { RunRecord } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import type { StageId } from '../../plan/types.js';
import type { Metric } from '../mlflow/types.js';
import { artifactsOf } from './artifacts.js';
import { type Cell, cellsOf } from './cells.js';
import { datasetInputsOf } from './datasets.js';
import { keyOf } from './keys.js';
import { paramsByCell } from './params.js';
import { statusOf, timesOf } from './status.js';
import { machineMetrics, trainingSpeeds } from './system-metrics.js';
import { tagsOf } from './tags.js';
import { nothingTold, type TrackedExperiment, type TrackedRun } from './types.js';

/**
 * What MLflow is to hold of a run: one of its runs for the whole, and below it one for each arm and each seed. The same record and
 * folder give the same experiment.
 *
 * @param directory the run's own folder, absolute: report, resolved specification and plan lie there
 */
export function trackedExperimentOf(
  record: RunRecord,
  directory: string,
  told = nothingTold,
): TrackedExperiment {
  const { start } = record;
  const cells = cellsOf(record);
  const params = paramsByCell(cells);
  const runOf = (cell: Cell): TrackedRun => ({
    id: cell.id,
    parent: cell.parent?.id,
    name: cell.name || start.run,
    user: start.provenance.user,
    status: statusOf(record, cell),
    ...timesOf(record, cell),
    params: params.get(cell) ?? [],
    tags: tagsOf(record, cell),
    metrics: [
      ...metricsOf(cell, told.events),
      ...trainingSpeeds(cell, told.events),
      ...(cell.parent === undefined ? machineMetrics(record, told.samples) : []),
    ],
    datasets: datasetInputsOf(record, cell),
    artifacts: artifactsOf(record, cell, directory),
  });
  return {
    name: start.pipeline,
    tags: [
      // Of MLflow 3's kinds of experiments, that which shows training charts, not traces of language models.
      { key: 'mlflow.experimentKind', value: 'custom_model_development' },
      ...(start.desc === undefined ? [] : [{ key: 'mlflow.note.content', value: start.desc }]),
    ],
    runs: cells.map(runOf),
  };
}

/** Keys are `stage/metric`, so that each stage is a section of MLflow's charts, and a metric has one key in all cells. */
function metricsOf(cell: Cell, told: ReadonlyMap<StageId, number>): Required<Metric>[] {
  return cell.stages.flatMap(({ stage, metrics }) => {
    const keys = new Map<string, string>();
    const keyFor = (name: string): string => {
      const key = keys.get(name) ?? keyOf(`${stageName(stage.id)}/${name}`);
      keys.set(name, key);
      return key;
    };
    return metrics
      .slice(told.get(stage.id) ?? 0)
      .flatMap(({ step, timestamp, values }) =>
        Object.entries(values).map(([name, value]) => ({ key: keyFor(name), value, timestamp, step })),
      );
  });
}

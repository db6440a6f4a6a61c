import type { RunRecord } from '../../execute/record.js';
import type { Param } from '../mlflow/types.js';
import { artifactsOf } from './artifacts.js';
import { type Cell, cellsOf } from './cells.js';
import { datasetInputsOf } from './datasets.js';
import { metricsOf } from './metrics.js';
import { modelsOf } from './models.js';
import { paramsByCell } from './params.js';
import { statusOf, timesOf } from './status.js';
import { machineMetrics, trainingSpeeds } from './system-metrics.js';
import { tagsOf } from './tags.js';
import {
  type ExperimentHead,
  type LeftOut,
  nothingLeftOut,
  type TrackedExperiment,
  type TrackedRun,
} from './types.js';

/**
 * What MLflow is to hold of a run: one of its runs for the whole, and below it one for each arm and each seed. The same record and
 * folder give the same experiment.
 *
 * @param directory the run's own folder, absolute: report, resolved specification and plan lie there
 */
export function trackedExperimentOf(
  record: RunRecord,
  directory: string,
  leftOut = nothingLeftOut,
): TrackedExperiment {
  const tracked = new TrackedCells(record, directory);
  return {
    ...experimentHeadOf(record),
    runs: tracked.cells.map((cell) => tracked.runOf(cell, record, leftOut)),
  };
}

export function experimentHeadOf({ start }: Pick<RunRecord, 'start'>): ExperimentHead {
  return {
    name: start.pipeline,
    tags: [
      // Of MLflow 3's kinds of experiments, that which shows training charts, not traces of language models.
      { key: 'mlflow.experimentKind', value: 'custom_model_development' },
      ...(start.desc === undefined ? [] : [{ key: 'mlflow.note.content', value: start.desc }]),
    ],
  };
}

/** The cells of a run, and what MLflow is to hold of each. What does not change while a record grows is worked out once. */
export class TrackedCells {
  readonly cells: readonly Cell[];
  private readonly params: ReadonlyMap<Cell, readonly Param[]>;
  private readonly directory: string;

  /** @param record of which the cells are views: what its stages hold may grow. */
  constructor(record: RunRecord, directory: string) {
    this.cells = cellsOf(record);
    this.params = paramsByCell(this.cells);
    this.directory = directory;
  }

  /** @param record as it stands now */
  runOf(cell: Cell, record: RunRecord, leftOut: LeftOut): TrackedRun {
    const { directory } = this;
    const { start } = record;
    return {
      id: cell.id,
      parent: cell.parent?.id,
      name: cell.name || start.run,
      user: start.provenance.user,
      status: statusOf(record, cell),
      ...timesOf(record, cell),
      params: this.params.get(cell) ?? [],
      tags: tagsOf(record, cell),
      metrics: oneAfterAnother(
        metricsOf(cell.stages, leftOut.events),
        trainingSpeeds(cell, leftOut.events),
        cell.parent === undefined ? machineMetrics(record, leftOut.samples) : [],
      ),
      // Of a run under way nobody asks for them, and they go over all that was ever told.
      get datasets() {
        return datasetInputsOf(record, cell);
      },
      get artifacts() {
        return artifactsOf(record, cell, directory);
      },
      get models() {
        return modelsOf(record, cell);
      },
    };
  }
}

function oneAfterAnother<T>(...parts: readonly Iterable<T>[]): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      for (const part of parts) yield* part;
    },
  };
}

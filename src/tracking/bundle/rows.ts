import type { Database, SqlValue } from 'sql.js';

import { digestBytes } from '../../base/digest.js';
import type { Metric, Tag } from '../mlflow/types.js';
import { checkedInput, checkedMetric, checkedParam, checkedTag } from '../mlflow/validate.js';
import { type TrackedExperiment, type TrackedRun, identityTags } from '../tracked/types.js';
import { columns } from './database.js';
import { bundleRunId } from './layout.js';

type Table = keyof typeof columns;
type Row<T extends Table> = Readonly<Record<(typeof columns)[T][number], SqlValue>>;

/** What MLflow's SQL store puts for infinities: the largest finite number. */
const largest = Number.MAX_VALUE;

/** Adds the experiment where it is missing, and returns its id. */
export function addExperiment(database: Database, { name, tags, runs }: TrackedExperiment): number {
  const found = valueOf(database, 'SELECT experiment_id FROM experiments WHERE name = ?', [name]);
  if (typeof found === 'number') {
    // Deleted in MLflow's pages, and run again since: without this the new run would not be seen.
    database.run("UPDATE experiments SET lifecycle_stage = 'active' WHERE experiment_id = ?", [found]);
    return found;
  }
  const last = valueOf(database, 'SELECT max(experiment_id) FROM experiments', []);
  const id = Number(last ?? 0) + 1;
  const time = runs[0]?.startTime ?? 0;
  insert(database, 'experiments', [
    {
      experiment_id: id,
      name,
      artifact_location: `mlflow-artifacts:/${id}`,
      lifecycle_stage: 'active',
      creation_time: time,
      last_update_time: time,
    },
  ]);
  const tagRows = tags.map((tag) => ({ ...checkedTag(tag), experiment_id: id }));
  insert(database, 'experiment_tags', tagRows);
  return id;
}

/** Status of a run that the bundle has, or undefined for one that it does not have. */
export function statusOf(database: Database, id: string): string | undefined {
  const status = valueOf(database, 'SELECT status FROM runs WHERE run_uuid = ?', [bundleRunId(id)]);
  return typeof status === 'string' ? status : undefined;
}

/**
 * Adds the run, in place of what the bundle has of it.
 * @param modelTags that show its models
 */
export function putRun(
  database: Database,
  experimentId: number,
  run: TrackedRun,
  modelTags: readonly Tag[],
): void {
  const run_uuid = bundleRunId(run.id);
  for (const table of ['params', 'tags', 'metrics', 'latest_metrics', 'runs'] as const) {
    database.run(`DELETE FROM ${table} WHERE run_uuid = ?`, [run_uuid]);
  }
  insert(database, 'runs', [
    {
      run_uuid,
      name: run.name,
      // As the REST interface leaves them; the tags `mlflow.source.*` say it.
      source_type: 'UNKNOWN',
      source_name: '',
      entry_point_name: '',
      source_version: '',
      user_id: run.user,
      status: run.status,
      start_time: run.startTime,
      end_time: run.endTime ?? null,
      lifecycle_stage: 'active',
      artifact_uri: `mlflow-artifacts:/${experimentId}/${run_uuid}/artifacts`,
      experiment_id: experimentId,
    },
  ]);
  const parent = run.parent === undefined ? undefined : bundleRunId(run.parent);
  const tags = [...identityTags(run, parent), ...run.tags, ...modelTags];
  insert(
    database,
    'tags',
    tags.map((tag) => ({ ...checkedTag(tag), run_uuid })),
  );
  insert(
    database,
    'params',
    run.params.map((param) => ({ ...checkedParam(param), run_uuid })),
  );
  putMetrics(database, run_uuid, run.metrics);
  putInputs(database, run_uuid, experimentId, run);
}

function putMetrics(database: Database, run_uuid: string, metrics: Iterable<Metric>): void {
  const latest = new Map<string, Row<'metrics'>>();
  // One at a time: a long training has a million.
  function* rows() {
    for (const metric of metrics) {
      const { key, timestamp, step } = checkedMetric(metric);
      const row = { key, timestamp, step, run_uuid, ...stored(metric.value) };
      const before = latest.get(key);
      if (before === undefined || comesAfter(row, before)) latest.set(key, row);
      yield row;
    }
  }
  insert(database, 'metrics', rows());
  insert(database, 'latest_metrics', [...latest.values()]);
}

function stored(value: number): { value: number; is_nan: 0 | 1 } {
  if (Number.isNaN(value)) return { value: 0, is_nan: 1 };
  return { value: Math.max(-largest, Math.min(largest, value)), is_nan: 0 };
}

/** MLflow's order of the values of one metric: by step, then time, then value. */
function comesAfter(a: Row<'metrics'>, b: Row<'metrics'>): boolean {
  for (const field of ['step', 'timestamp', 'value'] as const) {
    if (a[field] !== b[field]) return Number(a[field]) > Number(b[field]);
  }
  return false;
}

function putInputs(database: Database, run_uuid: string, experimentId: number, run: TrackedRun): void {
  const used = "SELECT input_uuid FROM inputs WHERE destination_type = 'RUN' AND destination_id = ?";
  database.run(`DELETE FROM input_tags WHERE input_uuid IN (${used})`, [run_uuid]);
  database.run("DELETE FROM inputs WHERE destination_type = 'RUN' AND destination_id = ?", [run_uuid]);
  for (const { dataset, tags = [] } of run.datasets.map(checkedInput)) {
    const { name, digest } = dataset;
    const dataset_uuid = uuid('dataset', String(experimentId), name, digest);
    const input_uuid = uuid('input', dataset_uuid, run_uuid);
    insert(database, 'datasets', [
      {
        dataset_uuid,
        experiment_id: experimentId,
        name,
        digest,
        dataset_source_type: dataset.source_type,
        dataset_source: dataset.source,
        dataset_schema: dataset.schema ?? null,
        dataset_profile: dataset.profile ?? null,
      },
    ]);
    insert(database, 'inputs', [
      {
        input_uuid,
        source_type: 'DATASET',
        source_id: dataset_uuid,
        destination_type: 'RUN',
        destination_id: run_uuid,
      },
    ]);
    insert(
      database,
      'input_tags',
      tags.map(({ key, value }) => ({ input_uuid, name: key, value })),
    );
  }
}

function uuid(...parts: readonly string[]): string {
  return digestBytes(parts.join('\n')).slice(0, 32);
}

/** A row that is there already stays as it is, as on a server: metrics and datasets may come twice. */
function insert<T extends Table>(database: Database, table: T, rows: Iterable<Row<T>>): void {
  const names: readonly string[] = columns[table];
  const places = names.map(() => '?').join(', ');
  const statement = database.prepare(
    `INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${places})`,
  );
  try {
    for (const row of rows) statement.run(names.map((name) => row[name as keyof Row<T>]));
  } finally {
    statement.free();
  }
}

function valueOf(database: Database, query: string, values: SqlValue[]): SqlValue | undefined {
  return database.exec(query, values)[0]?.values[0]?.[0];
}

import { readFile, rm } from 'node:fs/promises';

import initSqlJs, { type Database } from 'sql.js';

import { writeFileAtomic } from '../../files/atomic-write.js';
import { errorCode } from '../../files/file-errors.js';
import { revision, schema } from './schema.js';

export type OpenedDatabase =
  | { readonly state: 'opened'; readonly database: Database }
  | { readonly state: 'absent' }
  /** Something is there that our rows cannot be added to. */
  | { readonly state: 'unusable'; readonly reason: string };

/** Files that SQLite keeps beside a database while it is written to. */
const companions = ['-journal', '-wal', '-shm'];

export async function newDatabase(): Promise<Database> {
  const sql = await initSqlJs();
  const database = new sql.Database();
  database.run(schema);
  database.run('INSERT INTO alembic_version VALUES (?)', [revision]);
  // Every MLflow store has it: runs that name no experiment go there.
  database.run(
    'INSERT INTO experiments ' +
      '(experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) ' +
      "VALUES (0, 'Default', 'mlflow-artifacts:/0', 'active', :now, :now)",
    { ':now': Date.now() },
  );
  return database;
}

/**
 * Reads a database into memory. Its schema may be newer than ours, for `mlflow ui` upgrades what it opens: rows
 * can be added as long as each column that we do not know has a default.
 */
export async function openDatabase(path: string): Promise<OpenedDatabase> {
  const bytes = await bytesOf(path);
  if (bytes === undefined) return { state: 'absent' };
  const sql = await initSqlJs();
  const database = new sql.Database(bytes);
  try {
    const reason = misfit(database);
    if (reason === undefined) return { state: 'opened', database };
    database.close();
    return { state: 'unusable', reason };
  } catch (error) {
    database.close();
    return { state: 'unusable', reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Replaces the file by a rename: a server that has the old one open goes on reading that, undisturbed, until it
 * is started again.
 */
export async function saveDatabase(path: string, database: Database): Promise<void> {
  const bytes = database.export();
  // SQLite would play back another file's half-done changes into the new one.
  for (const companion of companions) await rm(path + companion, { force: true });
  await writeFileAtomic(path, bytes);
}

async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function misfit(database: Database): string | undefined {
  const check = String(database.exec('PRAGMA quick_check')[0]?.values[0]?.[0]);
  if (check !== 'ok') return `SQLite finds it damaged: ${check}`;
  for (const [table, ours] of ourColumns()) {
    const theirs = database.exec(`PRAGMA table_info("${table}")`)[0]?.values ?? [];
    const names = new Set(theirs.map(([, name]) => String(name)));
    const lost = ours.find((name) => !names.has(name));
    if (lost !== undefined) return `table ${table} has no column ${lost}`;
    for (const [, name, , notNull, fallback] of theirs) {
      if (!ours.includes(String(name)) && notNull === 1 && fallback === null) {
        return `table ${table} has an unknown column ${String(name)}`;
      }
    }
  }
  return undefined;
}

/** The columns that rows are written to, by table. */
export const columns = {
  experiments: [
    'experiment_id',
    'name',
    'artifact_location',
    'lifecycle_stage',
    'creation_time',
    'last_update_time',
  ],
  experiment_tags: ['key', 'value', 'experiment_id'],
  runs: [
    'run_uuid',
    'name',
    'source_type',
    'source_name',
    'entry_point_name',
    'user_id',
    'status',
    'start_time',
    'end_time',
    'source_version',
    'lifecycle_stage',
    'artifact_uri',
    'experiment_id',
  ],
  params: ['key', 'value', 'run_uuid'],
  tags: ['key', 'value', 'run_uuid'],
  metrics: ['key', 'value', 'timestamp', 'run_uuid', 'step', 'is_nan'],
  latest_metrics: ['key', 'value', 'timestamp', 'step', 'is_nan', 'run_uuid'],
  datasets: [
    'dataset_uuid',
    'experiment_id',
    'name',
    'digest',
    'dataset_source_type',
    'dataset_source',
    'dataset_schema',
    'dataset_profile',
  ],
  inputs: ['input_uuid', 'source_type', 'source_id', 'destination_type', 'destination_id'],
  input_tags: ['input_uuid', 'name', 'value'],
} as const;

function ourColumns(): [table: string, names: readonly string[]][] {
  return Object.entries(columns);
}

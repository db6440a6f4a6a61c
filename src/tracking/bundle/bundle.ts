import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Database } from 'sql.js';

import { errorCode } from '../../files/file-errors.js';
import { acquire } from '../../files/process-lock.js';
import { removeDeadTemporaries, temporaryBeside } from '../../files/temporary.js';
import { writeArtifact } from '../artifact-files.js';
import { historyOf, readRun, runIdsIn } from '../history.js';
import { checkedArtifactPath } from '../mlflow/artifact-client.js';
import type { Tag } from '../mlflow/types.js';
import {
  mlmodelPath,
  mlmodelText,
  modelHistoryTag,
  placeAmongArtifacts,
  wholeModels,
} from '../models/mlmodel.js';
import { trackedExperimentOf } from '../tracked/experiment.js';
import type { StoredRun, TrackedRun } from '../tracked/types.js';
import { newDatabase, openDatabase, saveDatabase } from './database.js';
import { artifactsOf, bundleOf, bundleRunId } from './layout.js';
import { processesReading } from './readers.js';
import { addExperiment, putRun, statusOf } from './rows.js';

export interface BundleUpdate {
  /** What could not be done; the rest was. */
  readonly problems: readonly string[];
  /** Numbers of processes that show the bundle as it was before. */
  readonly readers: readonly number[];
  /** The runs that were written now. */
  readonly added: readonly StoredRun[];
}

/**
 * Brings the bundle up to date with the runs folder: adds every run that it lacks, or has as still running. A
 * database that our rows do not fit (damaged, or of an MLflow with another schema) is put aside as
 * `mlflow.previous.db` and made anew from the journals.
 *
 * @param anew ids of runs to write even if the bundle has them
 */
export async function updateBundle(
  runsDirectory: string,
  anew: ReadonlySet<string> = new Set(),
): Promise<BundleUpdate> {
  const bundle = bundleOf(runsDirectory);
  await mkdir(bundle, { recursive: true });
  const release = await acquire(join(bundle, 'lock'));
  try {
    await removeLeavings(bundle);
    return await update(runsDirectory, bundle, anew);
  } finally {
    await release();
  }
}

async function update(
  runsDirectory: string,
  bundle: string,
  anew: ReadonlySet<string>,
): Promise<BundleUpdate> {
  const path = join(bundle, 'mlflow.db');
  const problems: string[] = [];
  const database = await databaseAt(path, problems);
  const added: StoredRun[] = [];
  let readers: readonly number[] = [];
  try {
    for (const id of await runIdsIn(runsDirectory)) {
      const known = statusOf(database, id);
      if (known !== undefined && known !== 'RUNNING' && !anew.has(id)) continue;
      try {
        added.push(...(await addRun(database, bundle, join(historyOf(runsDirectory), id))));
      } catch (error) {
        problems.push(`run ${id} is not in the MLflow bundle: ${messageOf(error)}`);
      }
    }
    if (added.length > 0) {
      readers = await processesReading(path);
      await saveDatabase(path, database);
    }
  } finally {
    database.close();
  }
  return { problems, readers, added };
}

/** What processes have left that died over the bundle. */
async function removeLeavings(bundle: string): Promise<void> {
  await removeDeadTemporaries(bundle);
  await mkdir(artifactsOf(bundle), { recursive: true });
  for (const experiment of await readdir(artifactsOf(bundle))) {
    await removeDeadTemporaries(join(artifactsOf(bundle), experiment));
  }
}

async function databaseAt(path: string, problems: string[]): Promise<Database> {
  const opened = await openDatabase(path);
  switch (opened.state) {
    case 'opened':
      return opened.database;
    case 'unusable': {
      const aside = path.replace(/\.db$/, '.previous.db');
      await rename(path, aside);
      problems.push(`${path} was made anew (${opened.reason}); the old one is ${aside}`);
      return await newDatabase();
    }
    case 'absent':
      return await newDatabase();
  }
}

/** Nothing for a run that is under way, or that has not told anything yet. */
async function addRun(database: Database, bundle: string, runDirectory: string): Promise<StoredRun[]> {
  const record = await readRun(runDirectory);
  if (record?.end === undefined) return [];
  const stored: StoredRun[] = [];
  const experiment = trackedExperimentOf(record, runDirectory);
  database.run('BEGIN');
  try {
    const experimentId = addExperiment(database, experiment);
    for (const run of experiment.runs) {
      await copyArtifacts(run, join(artifactsOf(bundle), String(experimentId), bundleRunId(run.id)));
      putRun(database, experimentId, run, await modelTags(run));
      stored.push({ id: run.id, experimentId: String(experimentId), storeId: bundleRunId(run.id) });
    }
    database.run('COMMIT');
  } catch (error) {
    database.run('ROLLBACK');
    throw error;
  }
  return stored;
}

/** Files first, then rows: what the database names is there. The folder appears whole, by a rename. */
async function copyArtifacts(run: TrackedRun, folder: string): Promise<void> {
  const draft = temporaryBeside(folder);
  try {
    for (const artifact of run.artifacts) {
      await writeArtifact(artifact, join(draft, 'artifacts', checkedArtifactPath(artifact.path)));
    }
    for (const model of await wholeModels(run.models)) {
      const place = join(draft, 'artifacts', checkedArtifactPath(model.name));
      for (const file of model.files) await writeArtifact(file, join(place, checkedArtifactPath(file.path)));
      const text = await mlmodelText(model, placeAmongArtifacts(model, bundleRunId(run.id)));
      await writeFile(join(place, mlmodelPath), text);
    }
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** The bundle's MLflow has no models of their own: they are among the artifacts of their run. */
async function modelTags({ id, ...run }: TrackedRun): Promise<readonly Tag[]> {
  const models = await wholeModels(run.models);
  if (models.length === 0) return [];
  return [await modelHistoryTag(models, (model) => placeAmongArtifacts(model, bundleRunId(id)))];
}

function messageOf(error: unknown): string {
  const code = errorCode(error);
  const text = error instanceof Error ? error.message : String(error);
  return code === undefined || text.includes(code) ? text : `${code}: ${text}`;
}

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { shellWord } from '../base/shell-word.js';
import { errorCode } from '../files/file-errors.js';
import { shownPath } from '../files/shown-path.js';
import { artifactsOf, bundleOf, bundleRunId } from './bundle/layout.js';
import { pageOf } from './page.js';
import { readSynced } from './replay/synced.js';
import type { StoredRun } from './tracked/types.js';

/** Where `mlflow ui` listens unless told otherwise. */
const defaultServer = 'http://127.0.0.1:5000';

/** The command that shows the bundle in MLflow, as typed from the working directory, and the run's page there. */
export function bundleHint(
  runsDirectory: string,
  workingDirectory: string,
  run: StoredRun | undefined,
): string {
  const command = `cd ${shellWord(shownPath(bundleOf(runsDirectory), workingDirectory))} && mlflow ui`;
  return run === undefined ? command : `${command}  # ${pageOf(defaultServer, run)}`;
}

/** Where MLflow shows a run: its pages on servers, or how to see it in the bundle. Empty where it is in neither. */
export async function mlflowPlaces(
  runsDirectory: string,
  runDirectory: string,
  workingDirectory: string,
): Promise<readonly string[]> {
  const synced = Object.entries(await readSynced(runDirectory));
  const pages = synced.flatMap(
    ([
      server,
      {
        runs: [run],
      },
    ]) => (run ? [pageOf(server, run)] : []),
  );
  if (pages.length > 0) return pages;
  const stored = await inBundle(bundleOf(runsDirectory), basename(runDirectory));
  return stored === undefined ? [] : [bundleHint(runsDirectory, workingDirectory, stored)];
}

/** The run in the bundle, found by its folder of artifacts: every run has some. */
async function inBundle(bundle: string, id: string): Promise<StoredRun | undefined> {
  const storeId = bundleRunId(id);
  const experiments = await namesIn(artifactsOf(bundle));
  const experimentId = experiments.find((name) => existsSync(join(artifactsOf(bundle), name, storeId)));
  return experimentId === undefined ? undefined : { id, experimentId, storeId };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

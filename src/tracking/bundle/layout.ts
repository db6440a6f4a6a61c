import { join } from 'node:path';

import { digestBytes } from '../../base/digest.js';

/** The folder in which `mlflow ui` shows the runs. */
export function bundleOf(runsDirectory: string): string {
  return join(runsDirectory, 'mlflow');
}

/** In a bundle, the folder of artifacts: in it a folder for each experiment, and in those one for each run. */
export function artifactsOf(bundle: string): string {
  return join(bundle, 'mlartifacts');
}

/** The id that a run has in every bundle: 32 hexadecimal digits, as MLflow's own are. */
export function bundleRunId(id: string): string {
  return digestBytes(id).slice(0, 32);
}

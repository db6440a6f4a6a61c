import type { StoredRun } from './tracked/types.js';

/** Address of the run's page. Without the last part MLflow 3 opens it among its pages for language models. */
export function pageOf(server: string, { experimentId, storeId }: StoredRun): string {
  return `${server}/#/experiments/${experimentId}/runs/${storeId}?workflowType=machine_learning`;
}

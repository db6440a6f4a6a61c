import { err } from '../base/result.js';
import type { StartWorker } from '../execute/worker-pool.js';
import { datasetSources } from '../plan/user-sources.js';
import type { SourceDigests } from './source-digests.js';

/**
 * Workers whose datasets count only if the files are still those that the plan was made from: else the result
 * would be kept under the key of other data.
 */
export function onUnchangedSources(start: StartWorker, sources: SourceDigests): StartWorker {
  return async (job, watch) => {
    const result = await start(job, watch);
    if (!result.ok || job.kind !== 'dataset') return result;
    for (const source of datasetSources(job.fields)) {
      if (await sources.hasChanged(source)) {
        return err({
          reason: 'problem',
          message: `${source.path} has changed since this run began`,
          field: source.field,
          help: 'Run the same command again: it takes the data as they are then.',
        });
      }
    }
    return result;
  };
}

import { err } from '../base/result.js';
import type { StartWorker } from '../execute/worker-pool.js';
import type { StageJob } from '../execute/worker-protocol.js';
import { commandSources, datasetSources, extractorSources, type UserSource } from '../plan/user-sources.js';
import type { SourceDigests } from './source-digests.js';

/**
 * Workers whose datasets, extractors and commands count only if the user's files that they read are still those that the plan was
 * made from: else the result would be kept under the key of other data.
 */
export function onUnchangedSources(start: StartWorker, sources: SourceDigests): StartWorker {
  return async (job, watch) => {
    const result = await start(job, watch);
    if (!result.ok) return result;
    for (const source of sourcesOf(job)) {
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

function sourcesOf(job: StageJob): readonly UserSource[] {
  switch (job.kind) {
    case 'dataset':
      return datasetSources(job.fields);
    case 'command':
      return commandSources(job.fields);
    case 'extractor':
      return extractorSources(job.fields);
    case 'train':
    case 'evaluate':
    case 'sample':
    case 'classifier':
    case 'curves':
    case 'compare':
    case 'gate':
    case 'claim':
      return [];
  }
}

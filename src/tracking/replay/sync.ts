import { join } from 'node:path';

import { plural } from '../../base/format.js';
import { required } from '../../base/invariant.js';
import { historyOf, readRun, runIdsIn } from '../history.js';
import { ConnectionError } from '../mlflow/api-error.js';
import { type ClientOptions, connectionOf } from '../mlflow/connection.js';
import { Mlflow } from '../mlflow/mlflow.js';
import { trackedExperimentOf } from '../tracked/experiment.js';
import { type LeftOut, nothingLeftOut, type StoredRun } from '../tracked/types.js';
import { refusalProblems } from './refusals.js';
import { type Completed, nothingReplayed, Replay, type Replayed } from './replay.js';
import { isWhole, markSynced, readSynced } from './synced.js';

export interface SyncOutcome {
  /** Ids of the runs that were sent now. */
  readonly sent: readonly string[];
  /** Ids of the runs that the server had already. */
  readonly there: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Sends to an MLflow server all finished runs of the runs folder that it lacks, or of which it refused something. A run whose
 * process died counts as finished; one under way is left to its own process.
 *
 * @throws InvalidArgument when the URI is not one of a server
 */
export async function syncRuns(
  runsDirectory: string,
  trackingUri: string,
  options: ClientOptions = {},
): Promise<SyncOutcome> {
  const server = connectionOf(trackingUri, options).url;
  const mlflow = new Mlflow(trackingUri, options);
  const sent: string[] = [];
  const there: string[] = [];
  const problems: string[] = [];
  const ids = await runIdsIn(runsDirectory);
  for (const [index, id] of ids.entries()) {
    const directory = join(historyOf(runsDirectory), id);
    try {
      const mark = (await readSynced(directory))[server];
      if (mark !== undefined && isWhole(mark)) {
        there.push(id);
        continue;
      }
      const run = await sendRun(mlflow, server, directory);
      if (run === undefined) continue;
      sent.push(id);
      problems.push(...refusalProblems(run.refused).map((problem) => `run ${id}: ${problem}`));
    } catch (error) {
      problems.push(`run ${id}: ${error instanceof Error ? error.message : String(error)}`);
      if (error instanceof ConnectionError) {
        const left = ids.length - index - 1;
        // Each of the others would wait for its own time-outs.
        if (left > 0) problems.push(`${plural(left, 'later run')} not tried`);
        break;
      }
    }
  }
  return { sent, there, problems };
}

/** What has been sent of a run while it was under way. */
export interface Sent {
  readonly there: Replayed;
  readonly told: LeftOut;
}

const nothingSent = (): Sent => ({ there: nothingReplayed(), told: nothingLeftOut });

/**
 * Sends a run, or what is left of it. One of which a result was told twice, as the first was damaged, may be on the server as it
 * was before: then that is put aside first, but for a server that has it as it is now.
 *
 * @returns undefined for a run that is under way, or that has not told anything yet.
 */
export async function sendRun(
  mlflow: Mlflow,
  server: string,
  runDirectory: string,
  sent = nothingSent(),
): Promise<(Pick<Completed, 'refused'> & { readonly whole: StoredRun }) | undefined> {
  const record = await readRun(runDirectory);
  if (record?.end === undefined) return undefined;
  const wasSentAnew = (await readSynced(runDirectory))[server] !== undefined;
  const { there, told } = record.isRetold ? nothingSent() : sent;
  const experiment = trackedExperimentOf(record, runDirectory, told);
  const replay = new Replay(mlflow, there);
  if (record.isRetold && !wasSentAnew) await replay.supersede(experiment);
  const { stored, refused } = await replay.complete(experiment);
  await markSynced(runDirectory, server, {
    status: record.end.outcome,
    runs: stored,
    ...(refused.size > 0 && { refused: [...refused.keys()] }),
  });
  return { whole: required(stored[0], 'the replayed run'), refused };
}

import { plural } from '../../base/format.js';
import { connectionOf } from '../../tracking/mlflow/connection.js';
import { InvalidArgument } from '../../tracking/mlflow/validate.js';
import { syncRuns } from '../../tracking/replay/sync.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import type { Surroundings } from '../surroundings.js';

/** Sends to an MLflow server what it has not: runs made without it, or while it was down. */
export async function sync(
  uri: string | undefined,
  runs: string,
  { environment, stdout, stderr }: Surroundings,
): Promise<ExitCode> {
  const trackingUri = uri ?? environment['MLFLOW_TRACKING_URI'] ?? '';
  const server = serverOf(trackingUri);
  if (server instanceof InvalidArgument) {
    const message = trackingUri === '' ? 'no server is named' : server.message;
    stderr.write(`error: ${message}\n  help: wassermill sync http://127.0.0.1:5000\n`);
    return exitCode.usage;
  }
  const { sent, there, problems } = await syncRuns(runs, trackingUri);
  for (const problem of problems) stderr.write(`error: ${problem}\n`);
  const known = there.length === 0 ? '' : `; it had ${plural(there.length, 'run')} already`;
  stdout.write(`${plural(sent.length, 'run')} sent to ${server}${known}\n`);
  return problems.length === 0 ? exitCode.ok : exitCode.failed;
}

/** The server as it may be shown: without the password that its URI may hold. */
function serverOf(trackingUri: string): string | InvalidArgument {
  try {
    return connectionOf(trackingUri).url;
  } catch (error) {
    if (error instanceof InvalidArgument) return error;
    throw error;
  }
}

import { plural } from '../../base/format.js';
import { type Connection, connectionOf, insecurityOf } from '../../tracking/mlflow/connection.js';
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
  const connection = connectionTo(trackingUri, environment);
  if (connection instanceof InvalidArgument) {
    const message = trackingUri === '' ? 'no server is named' : connection.message;
    // Where it is not the address, it is a variable, and what that should be has been said.
    const isServers = !(connectionTo(trackingUri, {}) instanceof InvalidArgument);
    const help = isServers ? '' : '  help: wassermill sync http://127.0.0.1:5000\n';
    stderr.write(`error: ${message}\n${help}`);
    return exitCode.usage;
  }
  const insecurity = insecurityOf(connection);
  if (insecurity !== undefined) stderr.write(`warning: ${insecurity}\n`);
  const { sent, there, problems } = await syncRuns(runs, trackingUri, { environment });
  for (const problem of problems) stderr.write(`error: ${problem}\n`);
  const known = there.length === 0 ? '' : `; it had ${plural(there.length, 'run')} already`;
  stdout.write(`${plural(sent.length, 'run')} sent to ${connection.url}${known}\n`);
  return problems.length === 0 ? exitCode.ok : exitCode.failed;
}

function connectionTo(
  trackingUri: string,
  environment: Surroundings['environment'],
): Connection | InvalidArgument {
  try {
    return connectionOf(trackingUri, { environment });
  } catch (error) {
    if (error instanceof InvalidArgument) return error;
    throw error;
  }
}

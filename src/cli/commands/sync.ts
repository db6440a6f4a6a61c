import { plural } from '../../base/format.js';
import { syncRuns } from '../../tracking/replay/sync.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import type { Surroundings } from '../surroundings.js';

/** Sends to an MLflow server what it has not: runs made without it, or while it was down. */
export async function sync(
  uri: string | undefined,
  runs: string,
  { environment, stdout, stderr }: Surroundings,
): Promise<ExitCode> {
  const server = uri ?? environment['MLFLOW_TRACKING_URI'] ?? '';
  if (server === '') {
    stderr.write('error: no server is named\n  help: wassermill sync http://127.0.0.1:5000\n');
    return exitCode.usage;
  }
  const { sent, problems } = await syncRuns(runs, server);
  for (const problem of problems) stderr.write(`warning: ${problem}\n`);
  stdout.write(`${plural(sent.length, 'run')} sent to ${server}\n`);
  return problems.length === 0 ? exitCode.ok : exitCode.failed;
}

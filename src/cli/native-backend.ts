import { err, ok, type Result } from '../base/result.js';
import { libraryVariables } from '../native/addon-check.js';
import { exitCode, type ExitCode } from './exit-code.js';
import { ensureNative } from '../native/ensure-native.js';
import type { NativeProblem } from '../native/problem.js';
import type { BackendName } from '../plan/types.js';
import type { Surroundings } from './surroundings.js';
import { createSetupDisplay } from './terminal/setup-progress.js';

/** What a worker needs in its environment, from its very start, to compute. */
export type WorkerVariables = Readonly<Record<string, string>>;

/** Sets up what the backend needs, in front of the user; where that cannot be, says why and gives the exit code. */
export async function prepareBackend(
  backend: BackendName,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Result<WorkerVariables, ExitCode>> {
  if (backend === 'cpu') {
    surroundings.stderr.write(
      'note: --backend cpu computes in plain JavaScript, many times slower than native\n',
    );
    return ok({});
  }
  const display = createSetupDisplay(surroundings);
  try {
    const install = await ensureNative(backend, { report: display.report, signal });
    display.close();
    if (install.ok) return ok(libraryVariables(install.value.libraryPath, surroundings.environment));
    printProblem(install.error, surroundings);
    return err(exitCode.failed);
  } catch (error) {
    if (!signal.aborted) throw error;
    display.close();
    surroundings.stderr.write('Interrupted; the next run goes on with the set-up.\n');
    return err(exitCode.interrupted);
  } finally {
    display.close();
  }
}

function printProblem({ message, output, help }: NativeProblem, { stderr }: Surroundings): void {
  stderr.write(`error: ${message}\n`);
  for (const line of output) stderr.write(`  | ${line}\n`);
  for (const way of help) stderr.write(`  help: ${way}\n`);
}

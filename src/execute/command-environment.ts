import { looksSecret } from '../base/looks-secret.js';
import { inputVariable } from '../spec/command-stage.js';
import type { StageJob } from './worker-protocol.js';

/** An address with a password in it, as in MLFLOW_TRACKING_URI or HTTPS_PROXY. */
const withPassword = /:\/\/[^/\s@]*:[^/\s@]*@/;

/**
 * What only the stage itself sets: those of a run around this one are not its own. And what says where runs are shown: a program
 * that uses MLflow, too, would log beside this run, with its account, whatever the stage's key.
 */
const withheld = /^(WASSERMILL_(OUT|SEED|RUN_MARK|IN_.*)|MLFLOW_.*)$/;

/**
 * The environment of a command: the user's, since nobody knows what a program needs of it (VIRTUAL_ENV, CONDA_PREFIX,
 * LD_LIBRARY_PATH), without MLflow's variables and what looks like a secret, by its name or as a password in an address; and what
 * tells the program about its stage. None of the user's variables counts in the stage's key.
 *
 * @param mark tells the processes of this run from all others.
 */
export function commandEnvironment(
  user: Readonly<Record<string, string | undefined>>,
  { inputs, output, fields }: Pick<StageJob<'command'>, 'inputs' | 'output' | 'fields'>,
  mark: string,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(user)) {
    if (value === undefined || looksSecret(name) || withPassword.test(value) || withheld.test(name)) continue;
    environment[name] = value;
  }
  for (const [role, { directory }] of Object.entries(inputs)) environment[inputVariable(role)] = directory;
  return {
    ...environment,
    WASSERMILL_OUT: output,
    WASSERMILL_SEED: String(fields.seed),
    WASSERMILL_RUN_MARK: mark,
  };
}

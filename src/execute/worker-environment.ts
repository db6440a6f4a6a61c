import { looksSecret } from '../base/looks-secret.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a worker may see of the user's environment: what it takes to start, and what steers TensorFlow. */
const passed = [
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|TZ|LANG|LC_[A-Z]+)$/,
  /^(LD_LIBRARY_PATH|XDG_[A-Z]+_(HOME|DIR))$/,
  /^(WASSERMILL|TF|CUDA|NVIDIA|ONEDNN|XLA|TFJS)_/,
];

/**
 * The environment of a worker process. Stages get everything that may change their result from their fields,
 * so the number of threads comes from there and never from a variable; and nothing that looks like a secret
 * is handed to code that has no use for it (MLflow's password, above all).
 *
 * @param threads inside one TensorFlow operation; undefined for stages that use no TensorFlow.
 */
export function workerEnvironment(user: Environment, threads: number | undefined): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(user)) {
    if (value === undefined || looksSecret(name)) continue;
    if (passed.some((form) => form.test(name))) environment[name] = value;
  }
  delete environment['TF_NUM_INTRAOP_THREADS'];
  if (threads !== undefined) environment['TF_NUM_INTRAOP_THREADS'] = String(threads);
  return environment;
}

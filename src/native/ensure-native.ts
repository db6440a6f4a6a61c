import { join } from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { describeProcess } from '../files/process-identity.js';
import { acquire } from '../files/process-lock.js';
import { openCacheFolder } from './cache-folder.js';
import { hasNvidiaGpu, thisHost, type NativeHost } from './host.js';
import { readInstallation, wanted, type NativeInstall, type Wanted } from './installation.js';
import { linkIntoPackage } from './package-link.js';
import type { NativeFlavour } from './wheel.js';
import { problem, type NativeProblem } from './problem.js';
import type { Report } from './progress.js';
import { setUp } from './set-up.js';
import { requireTools } from './tools.js';

export interface EnsureOptions {
  readonly report: Report;
  readonly host?: NativeHost;
  /** Stops the set-up when aborted; the next one goes on with what was downloaded. */
  readonly signal?: AbortSignal;
}

/**
 * TensorFlow's library with its add-on for Node, set up first where it is missing: the pinned wheels through
 * the user's own pip, the add-on by the user's own compiler, into a cache that is the user's alone. Where it
 * is there, this takes a few milliseconds and reports nothing.
 *
 * Any number of processes may call this at once, and each may be killed at any moment: what is made becomes
 * visible by one rename, and only the holder of a lock makes it.
 *
 * @throws an error named `AbortError` when the signal is aborted.
 */
export async function ensureNative(
  flavour: NativeFlavour,
  options: EnsureOptions,
): Promise<Result<NativeInstall, NativeProblem>> {
  const { host = thisHost() } = options;
  const want = wanted(flavour, host);
  if (!want.ok) return want;
  if (flavour === 'gpu' && !hasNvidiaGpu(host)) return err(noGpu());
  const install = await findOrSetUp(want.value, host, options);
  if (install.ok) await linkIntoPackage(install.value, host);
  return install;
}

async function findOrSetUp(
  want: Wanted,
  host: NativeHost,
  { report, signal }: EnsureOptions,
): Promise<Result<NativeInstall, NativeProblem>> {
  const opened = await openCacheFolder(host);
  if (!opened.ok) return opened;
  const folder = opened.value;
  const directory = join(folder.path, want.key);
  const before = await readInstallation(directory, want);
  if (before.state === 'installed') return ok(before.install);

  // Asked before waiting and downloading: nobody wants to wait for a gigabyte to learn that g++ is missing.
  const tools = await requireTools(host);
  if (!tools.ok) return tools;
  const release = await acquire(folder.lock, {
    onWait: (owner) => report({ phase: 'waiting', owner: describeProcess(owner), lock: folder.lock }),
    ...(signal && { signal }),
  });
  try {
    const meanwhile = await readInstallation(directory, want);
    if (meanwhile.state === 'installed') return ok(meanwhile.install);
    return await setUp({ want, directory, host, folder, tools: tools.value, report, signal });
  } finally {
    await release();
  }
}

function noGpu(): NativeProblem {
  return problem('no-gpu', 'The GPU backend needs an NVIDIA GPU, and this process sees none', [
    'install the NVIDIA driver; for a container, start it with access to the GPU (`docker run --gpus all`)',
    'run with `--backend native` (TensorFlow on the CPU)',
  ]);
}

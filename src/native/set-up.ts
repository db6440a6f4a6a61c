import { mkdir, mkdtemp, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import { formatBytes } from '../base/format.js';
import { required } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import { syncFolder, writeFileAtomic } from '../files/atomic-write.js';
import { errorCode } from '../files/file-errors.js';
import { addonFile, compileAddon } from './addon.js';
import { checkAddon } from './addon-check.js';
import type { CacheFolder } from './cache-folder.js';
import { digestFile } from '../files/digest-file.js';
import type { NativeHost } from './host.js';
import {
  installIn,
  markerPath,
  markerText,
  type InstalledFiles,
  type NativeInstall,
  type Wanted,
} from './installation.js';
import { tensorflowFolder, tensorflowVersion } from './pins.js';
import { problem, type NativeProblem } from './problem.js';
import type { Report } from './progress.js';
import type { Tools } from './tools.js';
import { unpackWheel, type UnpackedFile } from './wheel-archive.js';
import { downloadWheels } from './wheel-download.js';

export interface SetUp {
  readonly want: Wanted;
  /** Where the finished set-up goes; nothing, or something damaged, is there. */
  readonly directory: string;
  readonly host: NativeHost;
  /** Its lock is held. */
  readonly folder: CacheFolder;
  readonly tools: Tools;
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
}

/** Downloads, unpacks, compiles, tries out, and puts the whole in its place by one rename. */
export async function setUp(task: SetUp): Promise<Result<NativeInstall, NativeProblem>> {
  const { want, directory, folder, report } = task;
  const started = performance.now();
  // What a set-up that was killed has left there is of no use, but for the verified downloads beside it.
  await removeWork(folder);
  try {
    await mkdir(folder.work);
    // A compiler or a pip that outlives its killed parent still writes to the path that it was given: no other
    // set-up may have that path.
    const work = await mkdtemp(join(folder.work, 'attempt-'));
    const draft = join(work, want.key);
    await mkdir(draft);
    const made = await make(draft, { ...task, folder: { ...folder, work } });
    if (!made.ok) return made;
    await writeFileAtomic(markerPath(draft), markerText(want.key, made.value));
    await rm(directory, { recursive: true, force: true });
    await rename(draft, directory);
    await syncFolder(folder.path);
    await rm(folder.downloads, { recursive: true, force: true });
    report({ phase: 'done', seconds: (performance.now() - started) / 1000 });
    return ok(installIn(directory, want.flavour, made.value));
  } catch (error) {
    if (errorCode(error) === 'ENOSPC') return err(diskFull(folder));
    throw error;
  } finally {
    await removeWork(folder);
  }
}

/** Tried again where an orphan adds a file to a folder that is being emptied. */
async function removeWork({ work }: CacheFolder): Promise<void> {
  await rm(work, { recursive: true, force: true, maxRetries: 5 });
}

async function make(draft: string, task: SetUp): Promise<Result<InstalledFiles, NativeProblem>> {
  const { want, host, folder, tools, report } = task;
  const signal = task.signal && { signal: task.signal };
  const lacking = (await neededBytes(want, folder)) - (await freeBytes(folder.path));
  if (lacking > 0) return err(diskFull(folder, lacking));

  const { python } = tools;
  const wheels = await downloadWheels(want.wheels, { host, folder, python, report, ...signal });
  if (!wheels.ok) return wheels;
  const unpacked = await unpackAll(wheels.value, draft, task);
  if (!unpacked.ok) return unpacked;

  report({ phase: 'compile' });
  const compiled = await compileAddon(draft, tools, host, task.signal);
  if (!compiled.ok) return compiled;
  await rm(join(draft, tensorflowFolder, 'include'), { recursive: true, force: true });
  const addon = join(draft, addonFile);
  const addonDescription = {
    path: addonFile,
    bytes: (await stat(addon)).size,
    digest: await digestFile(addon, task.signal),
  };
  const files = { tensorflow: tensorflowVersion, files: [...unpacked.value, addonDescription] };
  const fault = await tryOut(installIn(draft, want.flavour, files), task);
  return fault === undefined ? ok(files) : err(fault);
}

async function unpackAll(
  paths: readonly string[],
  draft: string,
  { want, report, signal }: SetUp,
): Promise<Result<readonly UnpackedFile[], NativeProblem>> {
  const total = want.wheels.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
  let done = 0;
  let told = 0;
  const count = (bytes: number) => {
    done += bytes;
    // Pieces come by the ten thousand.
    if (done - told < total / 200) return;
    report({ phase: 'extract', done: Math.min(done, total), total });
    told = done;
  };
  const files: UnpackedFile[] = [];
  for (const [index, wheel] of want.wheels.entries()) {
    const path = required(paths[index], `the download of ${wheel.file}`);
    const unpacked = await unpackWheel(path, wheel, draft, count, signal);
    if (!unpacked.ok) return unpacked;
    files.push(...unpacked.value);
  }
  report({ phase: 'extract', done: total, total });
  return ok(files);
}

/** Why the new set-up does not do what it is for, or undefined. */
async function tryOut(install: NativeInstall, { host, signal }: SetUp): Promise<NativeProblem | undefined> {
  const check = await checkAddon(install.addon, host, install.libraryPath, signal);
  if (check.state === 'fails') {
    return problem(
      'load-failed',
      'TensorFlow was set up, but a first product of two matrices fails',
      ['`wassermill doctor` looks at each part of the set-up'],
      check.output,
    );
  }
  if (install.flavour === 'gpu' && !check.gpu) {
    return problem(
      'no-gpu',
      'TensorFlow for NVIDIA GPUs was set up, but it finds no GPU that it can use',
      [
        'update the NVIDIA driver (CUDA 12.5 needs 525.60 or newer; `nvidia-smi` shows it)',
        'run with `--backend native` (TensorFlow on the CPU)',
      ],
      check.output,
    );
  }
  return undefined;
}

/** Wheels and what they unpack to, side by side, less what is downloaded already. */
export async function neededBytes({ wheels }: Wanted, { downloads }: CacheFolder): Promise<number> {
  let bytes = 0;
  for (const wheel of wheels) {
    const present = await stat(join(downloads, wheel.file)).catch(() => undefined);
    bytes += wheel.unpackedBytes + (present === undefined ? wheel.bytes : 0);
  }
  return bytes;
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function diskFull({ path }: CacheFolder, lacking?: number): NativeProblem {
  const much = lacking === undefined ? '' : `: ${formatBytes(lacking)} more are needed`;
  return problem('disk-full', `There is not enough space on the disk of ${path}${much}`, [
    'make room there',
    'choose a cache folder on another disk with the environment variable WASSERMILL_CACHE_DIR',
  ]);
}

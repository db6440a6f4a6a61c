import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { required } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import { syncFolder } from '../files/atomic-write.js';
import { errorCode } from '../files/file-errors.js';
import type { CacheFolder } from './cache-folder.js';
import { runCommand } from './command.js';
import { digestFile } from '../files/digest-file.js';
import type { NativeHost } from './host.js';
import type { PinnedWheel } from './wheel.js';
import { problem, type NativeProblem } from './problem.js';
import type { Report } from './progress.js';

export interface DownloadOptions {
  readonly host: NativeHost;
  readonly folder: CacheFolder;
  /** Absolute path of python3. */
  readonly python: string;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/**
 * Brings the wheels into the folder of downloads, each one compared with its pinned digest. Those that an
 * interrupted set-up left there are used again, when they still have it.
 */
export async function downloadWheels(
  wheels: readonly PinnedWheel[],
  options: DownloadOptions,
): Promise<Result<readonly string[], NativeProblem>> {
  const { folder, report, signal } = options;
  await mkdir(folder.downloads, { recursive: true });
  const total = sum(wheels.map(({ bytes }) => bytes));
  const paths: string[] = [];
  let before = 0;
  for (const wheel of wheels) {
    const path = join(folder.downloads, wheel.file);
    if (!(await isWheel(path, wheel, signal))) {
      const received = (bytes: number) => report({ phase: 'download', received: before + bytes, total });
      const fetched = await fetchWheel(wheel, path, received, options);
      if (!fetched.ok) return fetched;
    }
    before += wheel.bytes;
    report({ phase: 'download', received: before, total });
    paths.push(path);
  }
  return ok(paths);
}

async function isWheel(path: string, wheel: PinnedWheel, signal?: AbortSignal): Promise<boolean> {
  return (await sizeOf(path)) === wheel.bytes && (await digestFile(path, signal)) === wheel.sha256;
}

async function fetchWheel(
  wheel: PinnedWheel,
  path: string,
  received: (bytes: number) => void,
  { host, folder, python, report, signal }: DownloadOptions,
): Promise<Result<string, NativeProblem>> {
  const work = join(folder.work, 'pip');
  const destination = join(work, 'wheel');
  await rm(work, { recursive: true, force: true });
  await mkdir(destination, { recursive: true });
  // pip shows its progress to terminals only, and differently from version to version. It downloads into its
  // temporary folder, so the file that grows there tells the same.
  const watch = setInterval(() => {
    void largestFile(work).then((bytes) => received(Math.min(bytes, wheel.bytes)));
  }, 200);
  const outcome = await runCommand([python, ...pipArguments(wheel), '--dest', destination], {
    // Nothing is installed, so a rule that pip must not install outside a virtual environment has no bearing.
    environment: { ...host.environment, TMPDIR: work, PIP_REQUIRE_VIRTUALENV: '0' },
    ...(signal && { signal }),
  }).finally(() => {
    clearInterval(watch);
  });
  const file = join(destination, wheel.file);
  if (!outcome.succeeded || (await sizeOf(file)) === undefined) {
    return err(downloadFailed(wheel, outcome.lastLines));
  }
  report({ phase: 'verify' });
  const digest = await digestFile(file, signal);
  if (digest !== wheel.sha256) return err(wrongDigest(wheel, digest));
  await syncFile(file);
  await rename(file, path);
  await syncFolder(folder.downloads);
  await rm(work, { recursive: true, force: true });
  return ok(path);
}

/** The arguments that make pip fetch this very file, whatever Python and platform it runs on itself. */
function pipArguments({ file }: PinnedWheel): readonly string[] {
  const [name, version, , abi, platforms] = file.replace(/\.whl$/, '').split('-');
  return [
    ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-input', '--progress-bar=off'],
    ...['--disable-pip-version-check', '--python-version=3.12', '--implementation=cp'],
    `--abi=${required(abi, `the binary interface in ${file}`)}`,
    ...required(platforms, `the platforms in ${file}`)
      .split('.')
      .map((platform) => `--platform=${platform}`),
    `${required(name, 'the name').replaceAll('_', '-')}==${required(version, `the version in ${file}`)}`,
  ];
}

function downloadFailed({ file }: PinnedWheel, output: readonly string[]): NativeProblem {
  return problem(
    'download-failed',
    `pip could not download ${file}`,
    [
      "check the network, and pip's index and proxy (`python3 -m pip config list`), and start again",
      'behind a closed network put the file into a folder and name that with the environment variable PIP_FIND_LINKS',
    ],
    output,
  );
}

function wrongDigest({ file, sha256 }: PinnedWheel, digest: string): NativeProblem {
  return problem(
    'wrong-digest',
    `${file} is not the file that Wassermill was tested with: its SHA-256 is ${digest} instead of ${sha256}; nothing was unpacked`,
    [
      'check which index pip uses (`python3 -m pip config list`), empty its cache (`python3 -m pip cache purge`), and start again',
    ],
  );
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** For display only: files may go while we look. */
async function largestFile(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const sizes = await Promise.all(files.map((file) => sizeOf(join(file.parentPath, file.name))));
    return Math.max(0, ...sizes.map((size) => size ?? 0));
  } catch {
    return 0;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

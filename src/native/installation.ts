import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { digestJson } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import { addonDigest, addonFile, compilerFlags } from './addon.js';
import type { NativeHost } from './host.js';
import { tensorflowFolder } from './pins.js';
import { problem, type NativeProblem } from './problem.js';
import type { NativeFlavour, PinnedWheel } from './wheel.js';
import type { UnpackedFile } from './wheel-archive.js';

/** A set-up that is there. Plain data, so that it can be handed to another process. */
export interface NativeInstall {
  readonly flavour: NativeFlavour;
  /** TensorFlow's version. */
  readonly tensorflow: string;
  /** Absolute path of the N-API add-on. */
  readonly addon: string;
  /** Folders for the `LD_LIBRARY_PATH` of processes that compute (`libraryVariables`); empty on the CPU. */
  readonly libraryPath: readonly string[];
}

/** What has to be there, by all that it is made from. */
export interface Wanted {
  readonly flavour: NativeFlavour;
  readonly wheels: readonly PinnedWheel[];
  /** The name of its folder in the cache. */
  readonly key: string;
}

export function wanted(flavour: NativeFlavour, host: NativeHost): Result<Wanted, NativeProblem> {
  const wheels = host.wheels(host.platform, flavour);
  if (wheels === undefined) return err(unsupported(flavour, host));
  const digest = digestJson({
    platform: host.platform,
    wheels: wheels.map(({ file, sha256, entries }) => ({ file, sha256, entries })),
    addon: addonDigest(host),
    nodeApi: nodeApiVersion(),
    compilerFlags,
  });
  return ok({ flavour, wheels, key: `${flavour}-${digest.slice(0, 16)}` });
}

const markerFile = 'installed.json';
/** Raised when what is in the folder changes its meaning. */
const format = 1;

export interface InstalledFiles {
  /** TensorFlow's version. */
  readonly tensorflow: string;
  readonly files: readonly UnpackedFile[];
}

/** The last file that a set-up writes; it says what the others are. */
interface Marker extends InstalledFiles {
  readonly format: typeof format;
  readonly key: string;
}

export function markerText(key: string, { tensorflow, files }: InstalledFiles): string {
  const marker: Marker = { format, key, tensorflow, files };
  return `${JSON.stringify(marker, undefined, 2)}\n`;
}

export function markerPath(directory: string): string {
  return join(directory, markerFile);
}

export type Reading =
  | { readonly state: 'installed'; readonly files: readonly UnpackedFile[]; readonly install: NativeInstall }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly reason: string };

/** Looks at the marker and at each file's size; reads no content. */
export async function readInstallation(directory: string, { key, flavour }: Wanted): Promise<Reading> {
  if ((await sizeOf(directory)) === undefined) return { state: 'absent' };
  const marker = parseMarker(await readFile(markerPath(directory), 'utf8').catch(() => ''), key);
  if (marker === undefined)
    return { state: 'damaged', reason: `${markerFile} is missing or not of this set-up` };
  for (const { path, bytes } of marker.files) {
    const size = await sizeOf(join(directory, path));
    if (size === undefined) return { state: 'damaged', reason: `${path} is missing` };
    if (size !== bytes) return { state: 'damaged', reason: `${path} has ${size} bytes instead of ${bytes}` };
  }
  return { state: 'installed', files: marker.files, install: installIn(directory, flavour, marker) };
}

export function installIn(
  directory: string,
  flavour: NativeFlavour,
  { tensorflow, files }: InstalledFiles,
): NativeInstall {
  const companions = files.filter(
    ({ path }) => path.includes('.so') && !path.startsWith(`${tensorflowFolder}/`),
  );
  const libraryPath = [...new Set(companions.map(({ path }) => join(directory, dirname(path))))];
  return { flavour, tensorflow, addon: join(directory, addonFile), libraryPath };
}

function parseMarker(text: string, key: string): Marker | undefined {
  // Only the user's own processes write there, and whole or not at all: format and key tell enough.
  try {
    const value = JSON.parse(text) as { readonly format?: unknown; readonly key?: unknown };
    return value.format === format && value.key === key ? (value as Marker) : undefined;
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

function nodeApiVersion(): string {
  const require = createRequire(import.meta.url);
  return (require('node-api-headers/package.json') as { readonly version: string }).version;
}

function unsupported(flavour: NativeFlavour, host: NativeHost): NativeProblem {
  const { platform } = host;
  if (flavour === 'gpu' && host.wheels(platform, 'native') !== undefined) {
    return problem('unsupported-platform', `TensorFlow's GPU library is not published for ${platform}`, [
      'run with `--backend native` (TensorFlow on the CPU)',
    ]);
  }
  return problem(
    'unsupported-platform',
    `TensorFlow's library is not published for ${platform}; it is for linux-x64 and linux-arm64 with glibc 2.27 or newer`,
    ['run in a container of such a system (node:20-bookworm, say)'],
  );
}

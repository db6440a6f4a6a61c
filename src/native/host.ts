import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

import envPaths from 'env-paths';

import { pinnedWheels } from './pins.js';
import type { NativeFlavour, PinnedWheel } from './wheel.js';

/** What the set-up takes from its surroundings; tests pass their own. */
export interface NativeHost {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Wassermill's folder for what is kept per user; the set-up lives in `native/` in it. */
  readonly cache: string;
  /** `linux-x64`, `linux-arm64`, with `-musl` where the C library is not glibc. */
  readonly platform: string;
  /** The effective user. */
  readonly user: number;
  /** The folder of the installed `@tensorflow/tfjs-node-gpu`. */
  readonly addonPackage: string;
  /** `/`, below which `proc`, `dev` and `etc` lie. */
  readonly root: string;
  readonly wheels: (platform: string, flavour: NativeFlavour) => readonly PinnedWheel[] | undefined;
}

export function thisHost(environment: NativeHost['environment'] = process.env): NativeHost {
  const own = environment['WASSERMILL_CACHE_DIR'];
  return {
    environment,
    // An empty variable counts as none, as in the XDG base directory specification.
    cache: own ? resolve(own) : envPaths('wassermill', { suffix: '' }).cache,
    platform: `${process.platform}-${process.arch}${usesGlibc() ? '' : '-musl'}`,
    user: process.geteuid?.() ?? 0,
    addonPackage: dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json')),
    root: '/',
    wheels: pinnedWheels,
  };
}

/** The flavour that was asked for, or the one that this machine is for. */
export function chooseFlavour(
  requested?: NativeFlavour,
  host: Pick<NativeHost, 'root'> = thisHost(),
): NativeFlavour {
  return requested ?? (hasNvidiaGpu(host) ? 'gpu' : 'native');
}

/**
 * Whether this process may use an NVIDIA GPU. The driver's folder alone does not tell: a container sees the
 * host's, and the device files only where it was given the GPU.
 */
export function hasNvidiaGpu({ root }: Pick<NativeHost, 'root'>): boolean {
  return existsSync(join(root, 'dev/nvidiactl')) && namesIn(join(root, 'proc/driver/nvidia/gpus')).length > 0;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function usesGlibc(): boolean {
  if (process.platform !== 'linux') return true;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}

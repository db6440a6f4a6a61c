import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { formatBytes } from '../base/format.js';
import { checkAddon } from './addon-check.js';
import { cacheFault, cacheFolder } from './cache-folder.js';
import { digestFile } from '../files/digest-file.js';
import { hasNvidiaGpu, thisHost, type NativeHost } from './host.js';
import { readInstallation, wanted, type NativeInstall, type Wanted } from './installation.js';
import type { NativeFlavour } from './wheel.js';
import type { UnpackedFile } from './wheel-archive.js';
import { freeBytes, neededBytes } from './set-up.js';
import { findTools, installCommands, type Tool } from './tools.js';

/** One line of `wassermill doctor`. */
export interface NativeCheck {
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'broken';
  readonly detail: string;
  /** A command line; present unless the state is `ok`. */
  readonly mend?: string;
}

/** Sets the backend up where it is missing, and anew where it is damaged. */
const setUpCommand = 'wassermill doctor --set-up';

/**
 * Looks at every part of the native backend without changing anything: reads the installed files whole, and
 * computes with them in a process of its own. Takes a few seconds.
 */
export async function inspectNative(
  flavour: NativeFlavour,
  host: NativeHost = thisHost(),
): Promise<readonly NativeCheck[]> {
  const want = wanted(flavour, host);
  const platform = want.ok
    ? healthy('platform', host.platform)
    : broken('platform', want.error.message, want.error.help.join('; '));
  const checks = [nodeCheck(), platform, gpuCheck(flavour, host), await folderCheck(host)];
  if (!want.ok) return checks;
  const addon = await addonChecks(want.value, host);
  const installed = addon.every(({ state }) => state === 'ok');
  return [
    ...checks,
    ...(await toolChecks(installed, host)),
    await spaceCheck(want.value, installed, host),
    ...addon,
  ];
}

function nodeCheck(): NativeCheck {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = major > 20 || (major === 20 && minor >= 19);
  return supported
    ? healthy('Node', process.version)
    : broken('Node', `${process.version} is older than 20.19`, 'npx -p node@22 wassermill');
}

function gpuCheck(flavour: NativeFlavour, host: NativeHost): NativeCheck {
  const present = hasNvidiaGpu(host);
  if (flavour === 'native') {
    return healthy(
      'GPU',
      present
        ? 'an NVIDIA GPU, left unused by `--backend native`'
        : 'no NVIDIA GPU; TensorFlow computes on the CPU',
    );
  }
  return present
    ? healthy('GPU', 'an NVIDIA GPU; TensorFlow computes there')
    : missing('GPU', 'no NVIDIA GPU that this process may use', 'nvidia-smi');
}

async function folderCheck(host: NativeHost): Promise<NativeCheck> {
  const { path } = cacheFolder(host);
  const fault = await cacheFault(host);
  return fault === undefined
    ? healthy('cache folder', path)
    : broken('cache folder', fault.message, fault.mend);
}

async function toolChecks(installed: boolean, host: NativeHost): Promise<readonly NativeCheck[]> {
  const states = await findTools(host);
  const tools: readonly Tool[] = ['python3', 'pip', 'compiler'];
  return tools.map((tool) => {
    const { found, detail } = states[tool];
    if (found) return healthy(tool, detail);
    if (installed) return healthy(tool, `${detail}; not needed any more`);
    return missing(tool, detail, installCommands([tool], host).join('  # or: '));
  });
}

async function spaceCheck(want: Wanted, installed: boolean, host: NativeHost): Promise<NativeCheck> {
  const folder = cacheFolder(host);
  let present = folder.path;
  while (!existsSync(present)) present = dirname(present);
  const free = await freeBytes(present);
  const needed = installed ? 0 : await neededBytes(want, folder);
  const detail = `${formatBytes(free)} free${installed ? '' : `, ${formatBytes(needed)} needed`}`;
  return free >= needed
    ? healthy('disk space', detail)
    : broken('disk space', detail, 'export WASSERMILL_CACHE_DIR=<a folder on another disk>');
}

async function addonChecks(want: Wanted, host: NativeHost): Promise<readonly NativeCheck[]> {
  const directory = join(cacheFolder(host).path, want.key);
  const reading = await readInstallation(directory, want);
  switch (reading.state) {
    case 'absent':
      return [missing('TensorFlow', `not set up (${want.key})`, setUpCommand)];
    case 'damaged':
      return [broken('TensorFlow', `${directory}: ${reading.reason}`, setUpCommand)];
    case 'installed':
      return [await filesCheck(directory, reading.files), await computesCheck(reading.install, host)];
  }
}

async function filesCheck(directory: string, files: readonly UnpackedFile[]): Promise<NativeCheck> {
  for (const { path, digest } of files) {
    if ((await digestFile(join(directory, path))) === digest) continue;
    // Sizes are right, so the next start would take it for sound.
    return broken(
      'TensorFlow',
      `the content of ${path} has changed`,
      `rm -r ${directory} && ${setUpCommand}`,
    );
  }
  return healthy('TensorFlow', directory);
}

async function computesCheck(install: NativeInstall, host: NativeHost): Promise<NativeCheck> {
  const name = 'first computation';
  const check = await checkAddon(install.addon, host, install.libraryPath);
  if (check.state === 'fails') {
    return broken(
      name,
      `a product of two matrices fails: ${check.output.at(-1) ?? 'no message'}`,
      setUpCommand,
    );
  }
  if (install.flavour === 'gpu' && !check.gpu) {
    return broken(
      name,
      `TensorFlow finds no GPU that it can use: ${check.output.at(-1) ?? 'no message'}`,
      'nvidia-smi',
    );
  }
  return healthy(name, `TensorFlow ${check.tensorflow} on the ${check.gpu ? 'GPU' : 'CPU'}`);
}

function healthy(name: string, detail: string): NativeCheck {
  return { name, state: 'ok', detail };
}

function missing(name: string, detail: string, mend: string): NativeCheck {
  return { name, state: 'missing', detail, mend };
}

function broken(name: string, detail: string, mend: string): NativeCheck {
  return { name, state: 'broken', detail, mend };
}

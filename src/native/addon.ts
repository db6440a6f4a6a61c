import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { digestBytes, digestJson, type Digest } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import { runCommand } from './command.js';
import type { NativeHost } from './host.js';
import { tensorflowFolder } from './pins.js';
import { problem, type NativeProblem } from './problem.js';
import type { Tools } from './tools.js';

export const addonFile = `${tensorflowFolder}/tfjs_binding.node`;

export const compilerFlags = [
  ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
  // The libraries lie beside the add-on; with every symbol bound at once, a wrong library shows when it is
  // loaded and not in the middle of a training.
  ...['-Wl,-rpath,$ORIGIN', '-Wl,-z,now'],
] as const;

const libraries = ['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'] as const;

/** Of the sources that the installed package ships, so that another version of it is compiled anew. */
export function addonDigest({ addonPackage }: Pick<NativeHost, 'addonPackage'>): Digest {
  const folder = join(addonPackage, 'binding');
  const names = readdirSync(folder).sort();
  return digestJson(names.map((name) => [name, digestBytes(readFileSync(join(folder, name)))]));
}

/** Compiles the package's add-on against the unpacked library. @param directory the root of what was unpacked. */
export async function compileAddon(
  directory: string,
  { compiler }: Pick<Tools, 'compiler'>,
  { addonPackage, environment }: NativeHost,
  signal?: AbortSignal,
): Promise<Result<void, NativeProblem>> {
  const sources = join(addonPackage, 'binding');
  const tensorflow = join(directory, tensorflowFolder);
  const outcome = await runCommand(
    [
      ...compiler,
      ...compilerFlags,
      ...['-isystem', nodeApiHeaders(), '-isystem', join(tensorflow, 'include')],
      ...readdirSync(sources)
        .filter((name) => name.endsWith('.cc'))
        .map((name) => join(sources, name)),
      ...['-o', join(directory, addonFile), `-L${tensorflow}`, ...libraries],
    ],
    { environment, ...(signal && { signal }) },
  );
  if (outcome.succeeded) return ok(undefined);
  return err(
    problem(
      'compile-failed',
      `\`${compiler.join(' ')}\` could not compile the add-on that joins TensorFlow to Node`,
      [
        'use another compiler, named with the environment variable CXX (g++ 8 or newer, or clang++ 7 or newer)',
      ],
      outcome.lastLines,
    ),
  );
}

function nodeApiHeaders(): string {
  const require = createRequire(import.meta.url);
  return (require('node-api-headers') as { readonly include_dir: string }).include_dir;
}

import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import util from 'node:util';

import { thisHost, type NativeHost } from './host.js';
import type { NativeInstall } from './installation.js';

/** The module of `@mapbox/node-pre-gyp` by which tfjs-node-gpu finds its add-on. */
interface AddonFinder {
  find: (packageJson: string, options?: unknown) => string;
}

/**
 * Makes this process ready to import `@tensorflow/tfjs-node-gpu` with the given set-up. To be called before
 * the import; more than once does no harm.
 */
export function prepareProcess(
  { addon }: NativeInstall,
  { addonPackage }: Pick<NativeHost, 'addonPackage'> = thisHost(),
): void {
  restoreRemovedUtilities();
  // Start-up chatter only: TensorFlow's errors come back as exceptions. A user's own choice stays.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  const packageJson = join(addonPackage, 'package.json');
  const finder = createRequire(packageJson)('@mapbox/node-pre-gyp/lib/pre-binding') as AddonFinder;
  const find = finder.find;
  // The package's own answer is a path inside the package: of no use where that cannot be written, and wrong
  // where two processes compute with different set-ups.
  finder.find = (wanted, options) => (resolve(wanted) === packageJson ? addon : find(wanted, options));
}

/** tfjs-node 4.22 calls these; Node 22 warns of them, and Node 23 removed the first. */
function restoreRemovedUtilities(): void {
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
}

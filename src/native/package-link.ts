import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorCode } from '../files/file-errors.js';
import type { NativeHost } from './host.js';
import type { NativeInstall } from './installation.js';

/** Where tfjs-node-gpu looks for its add-on by itself. */
function linkPath({ addonPackage }: Pick<NativeHost, 'addonPackage'>): string {
  return join(addonPackage, 'lib/napi-v8/tfjs_binding.node');
}

/**
 * Links the add-on into the installed package, so that any program that imports the package finds it. A link
 * to another set-up is replaced; a file that somebody put there stays, and where the package cannot be written
 * nothing is done: Wassermill's own processes do without (`prepareProcess`).
 */
export async function linkIntoPackage(
  { addon }: NativeInstall,
  host: Pick<NativeHost, 'addonPackage'>,
): Promise<void> {
  const path = linkPath(host);
  if ((await readlink(path).catch(() => undefined)) === addon) return;
  const status = await lstat(path).catch(() => undefined);
  if (status !== undefined && !status.isSymbolicLink()) return;
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await symlink(addon, temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (!['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) throw error;
  }
}

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { errorCode } from '../files/file-errors.js';
import type { NativeHost } from './host.js';
import { problem, type NativeProblem } from './problem.js';

/** The set-up's folders in the user's cache. */
export interface CacheFolder {
  /** Holds one folder for each finished set-up, by key. */
  readonly path: string;
  readonly lock: string;
  /** Verified wheels, kept until they have been used. */
  readonly downloads: string;
  /** What is being made; nobody but the lock's holder looks at it. */
  readonly work: string;
}

export function cacheFolder({ cache }: Pick<NativeHost, 'cache'>): CacheFolder {
  const path = join(cache, 'native');
  return { path, lock: join(path, 'lock'), downloads: join(path, 'download'), work: join(path, 'work') };
}

/**
 * The cache's folders, made where they are missing, for the user alone. Code is loaded from there: a folder
 * into which others can write would let them run theirs as this user.
 */
export async function openCacheFolder(host: NativeHost): Promise<Result<CacheFolder, NativeProblem>> {
  const folder = cacheFolder(host);
  try {
    await mkdir(folder.path, { recursive: true, mode: 0o700 });
  } catch (error) {
    return err(refused(`${folder.path} cannot be made (${errorCode(error) ?? String(error)})`));
  }
  const fault = await cacheFault(host);
  return fault === undefined ? ok(folder) : err(refused(fault.message, fault.mend));
}

export interface CacheFault {
  readonly message: string;
  /** A command line. */
  readonly mend: string;
}

/** Why the cache's folders cannot be trusted, or undefined; folders that are not there yet can. */
export async function cacheFault(host: NativeHost): Promise<CacheFault | undefined> {
  for (const path of [host.cache, cacheFolder(host).path]) {
    let status;
    try {
      status = await stat(path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') continue;
      throw error;
    }
    if (status.uid !== host.user) {
      return {
        message: `the cache folder ${path} belongs to user ${status.uid}, and this is user ${host.user}`,
        mend: `export WASSERMILL_CACHE_DIR=<a folder of your own>`,
      };
    }
    if ((status.mode & 0o022) !== 0) {
      return {
        message: `others can write into the cache folder ${path} (mode ${(status.mode & 0o777).toString(8)})`,
        mend: `chmod go-w ${path}`,
      };
    }
  }
  return undefined;
}

function refused(message: string, mend?: string): NativeProblem {
  return problem('cache-refused', `The native backend is not loaded from there: ${message}`, [
    ...(mend === undefined ? [] : [mend]),
    'choose another cache folder with the environment variable WASSERMILL_CACHE_DIR',
  ]);
}

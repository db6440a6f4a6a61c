import { readdir, readlink } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * Numbers of the processes that have the file open, as far as we may look: servers that were started before a
 * new bundle took its place, and go on showing the old one.
 */
export async function processesReading(path: string): Promise<readonly number[]> {
  const file = resolve(path);
  const numbers = (await namesIn('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const readers: number[] = [];
  for (const pid of numbers) {
    if (pid !== process.pid && (await hasOpen(pid, file))) readers.push(pid);
  }
  return readers;
}

async function hasOpen(pid: number, file: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const descriptor of await namesIn(folder)) {
    try {
      if ((await readlink(`${folder}/${descriptor}`)) === file) return true;
    } catch {
      // Closed while we looked.
    }
  }
  return false;
}

/** Empty for a process that has ended, or that is another user's. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

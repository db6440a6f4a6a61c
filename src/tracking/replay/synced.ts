import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writeFileAtomic } from '../../files/atomic-write.js';
import { errorCode } from '../../files/file-errors.js';
import type { StoredRun } from '../tracked/types.js';

/** What of a run is on which server, by the server's address: `synced.json` in the run's folder. */
type Synced = Readonly<Record<string, SyncMark>>;

interface SyncMark {
  readonly status: string;
  readonly runs: readonly StoredRun[];
  /** Records that the server did not take, where there are any: it may when it is asked again. */
  readonly refused?: readonly string[];
}

/** Whether nothing is left to be sent. */
export function isWhole({ refused }: SyncMark): boolean {
  return refused === undefined;
}

function pathIn(runDirectory: string): string {
  return join(runDirectory, 'synced.json');
}

/** A marker that is missing or unreadable costs a replay that changes nothing. */
export async function readSynced(runDirectory: string): Promise<Synced> {
  try {
    const synced: unknown = JSON.parse(await readFile(pathIn(runDirectory), 'utf8'));
    return isSynced(synced) ? synced : {};
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}

/** By its shape; what `markSynced` wrote has it. */
function isSynced(value: unknown): value is Synced {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((server: unknown) => {
    const runs = typeof server === 'object' && server !== null && 'runs' in server ? server.runs : undefined;
    return Array.isArray(runs) && runs.every((run) => typeof run === 'object' && run !== null);
  });
}

export async function markSynced(runDirectory: string, server: string, mark: SyncMark): Promise<void> {
  const synced = { ...(await readSynced(runDirectory)), [server]: mark };
  await writeFileAtomic(pathIn(runDirectory), `${JSON.stringify(synced, undefined, 2)}\n`);
}

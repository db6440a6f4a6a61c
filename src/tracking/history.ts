import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { RunEvent } from '../execute/events.js';
import { type RunRecord, recordOf } from '../execute/record.js';
import { errorCode } from '../files/file-errors.js';
import { holderOf } from '../files/process-lock.js';
import { journalPath, readJournal } from './journal.js';

/** The folder that holds one folder a run. */
export function historyOf(runsDirectory: string): string {
  return join(runsDirectory, 'history');
}

/** Ids of all runs, oldest first: they begin with the time. */
export async function runIdsIn(runsDirectory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(historyOf(runsDirectory), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The lock that a run's process holds until the run is tracked, so that others can tell a run under way from
 * one whose process died.
 */
export function ownershipOf(runDirectory: string): string {
  return join(runDirectory, 'running');
}

/**
 * A run as its journal tells it, or undefined where there is nothing to tell yet. One without an end, whose
 * process is gone, counts as interrupted when it last gave a sign.
 */
export async function readRun(runDirectory: string): Promise<RunRecord | undefined> {
  // Before its events are read: a run that ends in between is one that has ended, and not one that died.
  const underWay = await isUnderWay(runDirectory);
  const events = await eventsOf(runDirectory);
  if (events[0]?.type !== 'run_started') return undefined;
  const record = recordOf(events);
  if (record.end !== undefined || underWay) return record;
  return { ...record, end: { time: lastSign(events), outcome: 'interrupted' } };
}

async function eventsOf(runDirectory: string): Promise<readonly RunEvent[]> {
  try {
    return await readJournal(journalPath(runDirectory));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Whether the run's process lives, and has not finished with it. */
export async function isUnderWay(runDirectory: string): Promise<boolean> {
  return (await holderOf(ownershipOf(runDirectory))) !== undefined;
}

/** Time of the last event that says one. */
function lastSign(events: readonly RunEvent[]): number {
  let last = 0;
  for (const event of events) {
    if (event.type !== 'stage_reported') last = Math.max(last, event.time);
    else if ('timestamp' in event.event) {
      // Events replayed from the cache keep the times of their making, which may be long ago.
      last = Math.max(last, event.event.timestamp);
    }
  }
  return last;
}

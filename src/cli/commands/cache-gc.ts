import path from 'node:path';

import { judge, removeGarbage, type GarbageRules, type Verdict } from '../../cache/collect.js';
import { bytesIn, shelved, takeInventory } from '../../cache/inventory.js';
import { removeLeavings } from '../../cache/leavings.js';
import { plural } from '../../base/format.js';
import { artifactJson } from '../cached/artifact-json.js';
import type { ListedArtifact } from '../cached/artifact-table.js';
import { collectedLines, freedBy, type Collected } from '../cached/gc-text.js';
import { References, type UnreadableRun } from '../cached/references.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import type { Surroundings } from '../surroundings.js';
import { widthOf } from '../terminal-features.js';
import { lookOf } from '../terminal/look.js';
import { oneLine } from '../terminal/text.js';

/** A span of time as it was written, and in seconds. */
export interface WrittenSpan {
  readonly text: string;
  readonly seconds: number;
}

export interface CacheGcOptions {
  /** Absolute path of the folder of outputs. */
  readonly runs: string;
  readonly isDryRun: boolean;
  /** Runs of each pipeline that count; with `olderThan`, younger ones count as well. */
  readonly keepRuns: number | undefined;
  readonly olderThan: WrittenSpan | undefined;
  /** Artifacts and runs younger than this stay whatever is said of them. */
  readonly grace: WrittenSpan;
  /** Runs whose records cannot be read need nothing. */
  readonly skipUnreadable: boolean;
  readonly json: boolean;
}

/** Removes the artifacts that no run's record names, and what dead processes left. Never by guess. */
export async function cacheGc(options: CacheGcOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { runs, isDryRun, keepRuns, olderThan, grace, skipUnreadable, json } = options;
  const { stdout, stderr, environment, now } = surroundings;
  const store = path.join(runs, 'store');
  const time = now();
  // The artifacts first, the records after: one that is made meanwhile is not among those that are looked at.
  const { keys, drafts } = await takeInventory(store);
  const references = await References.read(runs, {
    keepRuns,
    since: olderThan && time - olderThan.seconds * 1000,
    graceSince: time - grace.seconds * 1000,
  });
  if (references.unreadable.length > 0 && !skipUnreadable) {
    stderr.write(refusal(references.unreadable));
    return exitCode.failed;
  }
  const rules: GarbageRules = {
    isNeeded: (key) => references.isNeeded(key),
    isNeededNow: (key) => references.isNeededNow(key),
    madeBefore: time - grace.seconds * 1000,
  };
  const removed: ListedArtifact[] = [];
  const kept = { needed: 0, young: 0, in_use: 0 };
  for (const key of keys) {
    let verdict: Verdict = await judge(store, key, rules);
    if (verdict === 'garbage') {
      const artifact = await shelved(store, key);
      if (artifact === undefined) continue;
      if (!isDryRun) verdict = await removeGarbage(store, key, rules);
      const mention = references.mentionOf(key);
      if (verdict === 'garbage') removed.push({ ...artifact, ...(mention && { mention }) });
    }
    if (verdict !== 'garbage' && verdict !== 'gone') kept[verdict] += 1;
  }
  const dead = { count: 0, bytes: 0 };
  for (const draft of drafts) {
    if (draft.isAlive) continue;
    dead.count += 1;
    dead.bytes += await bytesIn(draft.directory);
  }
  if (!isDryRun) await removeLeavings(store);
  const collected: Collected = { isDryRun, removed, kept, drafts: dead };
  if (json) {
    const freed = freedBy(collected);
    stdout.write(`${JSON.stringify({ ...collected, removed: removed.map(artifactJson), freed })}\n`);
  } else {
    const look = lookOf(stdout, environment);
    const lines = collectedLines(collected, grace.text, widthOf(stdout), time, look);
    stdout.write(look.spell(`${lines.join('\n')}\n`));
  }
  return exitCode.ok;
}

function refusal(unreadable: readonly UnreadableRun[]): string {
  const [first] = unreadable;
  const more = unreadable.length > 1 ? `, and ${plural(unreadable.length - 1, 'more run')}` : '';
  return `error: what run ${first?.run ?? ''} needs is not known: ${oneLine(first?.reason ?? '')}${more}
  help: nothing was removed; remove the run's folder in history, or say --skip-unreadable to keep nothing for it
`;
}

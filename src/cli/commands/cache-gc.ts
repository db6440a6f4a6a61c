import path from 'node:path';

import {
  judge,
  judgeCheckpoint,
  removeGarbage,
  removeGarbageCheckpoint,
  type GarbageRules,
  type Verdict,
} from '../../cache/collect.js';
import { bytesIn, shelved, takeInventory } from '../../cache/inventory.js';
import { removeLeavings } from '../../cache/leavings.js';
import { plural } from '../../base/format.js';
import { artifactJson } from '../cached/artifact-json.js';
import type { ListedArtifact } from '../cached/artifact-table.js';
import { checkpointJson, listedCheckpoint, type ListedCheckpoint } from '../cached/checkpoints.js';
import { collectedLines, freedBy, type Collected, type Kept } from '../cached/gc-text.js';
import { References, type UnreadableRun } from '../cached/references.js';
import type { StageKey } from '../../plan/types.js';
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
  /** Checkpoints saved longer ago than this go, though a run could go on from them. */
  readonly checkpointsOlderThan: WrittenSpan | undefined;
  /** Runs whose records cannot be read need nothing. */
  readonly skipUnreadable: boolean;
  readonly json: boolean;
}

/** Removes the artifacts and checkpoints that no run's record names, and what dead processes left. Never by guess. */
export async function cacheGc(options: CacheGcOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { runs, isDryRun, keepRuns, olderThan, grace, skipUnreadable, json } = options;
  const { stdout, stderr, environment, now } = surroundings;
  const store = path.join(runs, 'store');
  const time = now();
  // The artifacts first, the records after: one that is made meanwhile is not among those that are looked at.
  const { keys, drafts, checkpoints } = await takeInventory(store);
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
  const kept = nothingKept();
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
  const collectedCheckpoints = await collectCheckpoints(store, checkpoints, references, rules, options, time);
  const dead = { count: 0, bytes: 0 };
  for (const draft of drafts) {
    if (draft.isAlive) continue;
    dead.count += 1;
    dead.bytes += await bytesIn(draft.directory);
  }
  if (!isDryRun) await removeLeavings(store);
  const collected: Collected = {
    isDryRun,
    removed,
    kept,
    checkpoints: collectedCheckpoints,
    drafts: dead,
  };
  if (json) {
    const freed = freedBy(collected);
    const described = {
      ...collected,
      removed: removed.map(artifactJson),
      checkpoints: {
        ...collectedCheckpoints,
        removed: collectedCheckpoints.removed.map(checkpointJson),
      },
      freed,
    };
    stdout.write(`${JSON.stringify(described)}\n`);
  } else {
    const look = lookOf(stdout, environment);
    const lines = collectedLines(collected, grace.text, widthOf(stdout), time, look);
    stdout.write(look.spell(`${lines.join('\n')}\n`));
  }
  return exitCode.ok;
}

/** Nothing is asked of what a checkpoint holds: a damaged one is of use to its stage, which says so and starts again. */
async function collectCheckpoints(
  store: string,
  keys: readonly StageKey[],
  references: References,
  rules: GarbageRules,
  { isDryRun, checkpointsOlderThan }: CacheGcOptions,
  time: number,
): Promise<Collected['checkpoints']> {
  const removed: ListedCheckpoint[] = [];
  const kept = nothingKept();
  const since = checkpointsOlderThan && time - checkpointsOlderThan.seconds * 1000;
  const abandoned: GarbageRules | undefined =
    since === undefined
      ? undefined
      : { isNeeded: () => false, isNeededNow: () => Promise.resolve(false), madeBefore: since };
  for (const key of keys) {
    const checkpoint = await listedCheckpoint(store, key, references);
    if (checkpoint === undefined) continue;
    const own = abandoned && checkpoint.saved < abandoned.madeBefore ? abandoned : rules;
    let verdict = await judgeCheckpoint(store, key, own);
    if (verdict === 'garbage' && !isDryRun) verdict = await removeGarbageCheckpoint(store, key, own);
    if (verdict === 'garbage') removed.push(checkpoint);
    else if (verdict !== 'gone') kept[verdict] += 1;
  }
  return { removed, kept };
}

function nothingKept(): Kept {
  return { needed: 0, young: 0, in_use: 0 };
}

function refusal(unreadable: readonly UnreadableRun[]): string {
  const [first] = unreadable;
  const more = unreadable.length > 1 ? `, and ${plural(unreadable.length - 1, 'more run')}` : '';
  return `error: what run ${first?.run ?? ''} needs is not known: ${oneLine(first?.reason ?? '')}${more}
  help: nothing was removed; remove the run's folder in history, or say --skip-unreadable to keep nothing for it
`;
}

import { rm } from 'node:fs/promises';
import path from 'node:path';

import { err, ok, type Result } from '../../base/result.js';
import type { Cache, Draft } from '../../cache/contract.js';
import { attemptAt, lastStep, type Attempt, type TrialOptions } from './attempt.js';
import { compareTrainings, type Comparison } from './differences.js';

export interface Trial {
  readonly straight: Attempt;
  readonly killed: Attempt;
  readonly resumed: Attempt;
  readonly comparison: Comparison;
}

export type AttemptName = Exclude<keyof Trial, 'comparison'>;

/** A fast training may end before it is killed: then it is tried again. */
const mostTries = 10;

/**
 * Trains without interruption; then with a checkpoint after half of the steps, and SIGKILL a little later; then from that
 * checkpoint to the end, and compares what came out. The error is an attempt that did not end as it was to.
 */
export async function resumeTrial(
  options: TrialOptions,
  cache: Cache,
  tell: (attempt: AttemptName, ended: Attempt) => void,
): Promise<Result<Trial, Attempt>> {
  const drafts: Draft[] = [];
  // Drafts of the store: on its file system, and removed by the next run should this process be killed.
  const newFolder = async (): Promise<string> => {
    const draft = await cache.begin(options.stage.key);
    drafts.push(draft);
    return draft.directory;
  };
  try {
    const told = async (name: AttemptName, attempt: Promise<Attempt>): Promise<Attempt> => {
      const ended = await attempt;
      tell(name, ended);
      return ended;
    };
    const never = {
      folder: path.join(await newFolder(), 'checkpoint'),
      interval: { steps: options.steps + 1 },
    };
    const straight = await told('straight', attemptAt(options, await newFolder(), never));
    // A training that diverges may end before its budget does.
    if (!straight.result.ok || lastStep(straight) < options.steps) return err(straight);

    const half = options.steps / 2;
    const place = { folder: path.join(await newFolder(), 'checkpoint'), interval: { steps: half } };
    let killed = await attemptAt(options, await newFolder(), place, half + 1);
    for (let tries = 1; killed.result.ok && tries < mostTries; tries += 1) {
      await rm(place.folder, { recursive: true, force: true });
      killed = await attemptAt(options, await newFolder(), place, half + 1);
    }
    tell('killed', killed);
    if (killed.result.ok || killed.result.error.reason !== 'killed') return err(killed);
    const resumed = await told('resumed', attemptAt(options, await newFolder(), place));
    if (!resumed.result.ok) return err(resumed);
    return ok({ straight, killed, resumed, comparison: await compareTrainings(straight, resumed) });
  } finally {
    for (const draft of drafts) await draft.discard();
  }
}

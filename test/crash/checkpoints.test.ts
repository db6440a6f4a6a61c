import { describe, expect, test } from 'vitest';

import { killsAt, refusalsAt, whileSaving } from './faults.js';
import { training } from './pipelines.js';
import { failuresOf, resumingReference, savingReference } from './rig.js';
import { sampleOf } from './sample.js';

/** Draws what is tried here; the acceptance tests try more, and with `CRASH_ALL=1` everything. */
const seed = 20261127;

describe(
  'bits are those of a training that was let alone, and every checkpoint is whole',
  { timeout: 300_000 },
  () => {
    test('when a worker that saves its checkpoints is killed at a call, or refused one', async () => {
      const reference = await savingReference(training);
      const saving = whileSaving(reference.calls.worker);
      const kills = killsAt(reference.calls.worker, 'worker').filter(saving);
      const refusals = refusalsAt(reference.calls.worker, 'worker').filter(saving);
      expect(kills.length).toBeGreaterThan(100);
      expect(await failuresOf(reference, sampleOf(kills, 4, seed))).toEqual([]);
      expect(await failuresOf(reference, sampleOf(refusals, 2, seed))).toEqual([]);
    });

    test('when `resume` is killed at a call, or a worker that goes on from a checkpoint is', async () => {
      const reference = await resumingReference(training);
      const main = sampleOf(killsAt(reference.calls.main, 'main'), 5, seed);
      const worker = sampleOf(killsAt(reference.calls.worker, 'worker'), 3, seed);
      expect(await failuresOf(reference, [...main, ...worker])).toEqual([]);
    });
  },
);

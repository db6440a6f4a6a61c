import { describe, expect, test } from 'vitest';

import { killsAt, refusalsAt } from './faults.js';
import { failuresOfKills } from './kills.js';
import { commands, training } from './pipelines.js';
import { failuresOf, referenceOf } from './rig.js';
import { sampleOf } from './sample.js';
import { failuresOfSync } from './sync.js';

/** Draws what is tried here; the acceptance tests try more, and with `CRASH_ALL=1` everything. */
const seed = 20261125;

describe(
  'a run is followed by one with the same results, a clean store and a whole bundle',
  { timeout: 300_000 },
  () => {
    test('when it is killed at a call that changes something', async () => {
      const reference = await referenceOf(commands);
      expect(reference.calls.main.length).toBeGreaterThan(100);
      const kills = sampleOf(killsAt(reference.calls.main, 'main'), 12, seed);
      expect(await failuresOf(reference, kills)).toEqual([]);
    });

    test('when a call is refused: what it says is clear', async () => {
      const reference = await referenceOf(commands);
      const refusals = sampleOf(refusalsAt(reference.calls.main, 'main'), 12, seed);
      expect(await failuresOf(reference, refusals)).toEqual([]);
    });

    test('when a worker is killed at a call, or refused one', async () => {
      const reference = await referenceOf(training);
      expect(reference.calls.worker.length).toBeGreaterThan(20);
      const kills = sampleOf(killsAt(reference.calls.worker, 'worker'), 2, seed);
      const refusals = sampleOf(refusalsAt(reference.calls.worker, 'worker'), 2, seed);
      expect(await failuresOf(reference, [...kills, ...refusals])).toEqual([]);
    });

    test('when `sync` is killed at a call: a server has the run once', async () => {
      const { failures, sends } = await failuresOfSync(commands, 6, seed);
      expect(sends).toBeGreaterThan(8);
      expect(failures).toEqual([]);
    });

    test('when it or a child of it is killed at any time, 30 times', async () => {
      console.log(`random kills by seed ${seed}`);
      expect(await failuresOfKills(await referenceOf(commands), 30, seed)).toEqual([]);
    });
  },
);

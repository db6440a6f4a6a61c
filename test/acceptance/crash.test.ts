import { describe, expect, it } from 'vitest';

import { damages, failuresOfDamage, fileKinds } from '../crash/damage.js';
import { killsAt, refusalsAt, whileSaving, type Who } from '../crash/faults.js';
import { failuresOfKills } from '../crash/kills.js';
import { commands, training } from '../crash/pipelines.js';
import { failuresOf, referenceOf, resumingReference, savingReference } from '../crash/rig.js';
import { sampleOf } from '../crash/sample.js';
import { failuresOfSync } from '../crash/sync.js';

/** Of random kills, and of what is tried where not all is. */
const seed = 20261126;

/** `CRASH_ALL=1 npx vitest run --project acceptance crash` tries every point, which takes hours; else a sample of each kind. */
const isWhole = process.env['CRASH_ALL'] === '1';

function tried<Item>(points: readonly Item[], count: number): readonly Item[] {
  const chosen = isWhole ? points : sampleOf(points, count, seed);
  console.log(`${chosen.length} of ${points.length} points`);
  return chosen;
}

const places = [
  ['commands', 'main', commands],
  ['training', 'main', training],
  ['training', 'worker', training],
] as const;

describe(
  'a run is followed by one with the same results, a clean store and a whole bundle',
  { timeout: 3_600_000 },
  () => {
    it.each(places)('when it is killed at any call (%s, %s)', async (_name, who: Who, project) => {
      const reference = await referenceOf(project);
      const kills = killsAt(reference.calls[who], who);
      expect(await failuresOf(reference, tried(kills, project === commands ? 30 : 12))).toEqual([]);
    });

    // The scheduler makes the same calls for a training as for a command; its worker makes others.
    it.each([places[0], places[2]])('when any call is refused (%s, %s)', async (_name, who: Who, project) => {
      const reference = await referenceOf(project);
      const refusals = refusalsAt(reference.calls[who], who);
      expect(await failuresOf(reference, tried(refusals, project === commands ? 30 : 12))).toEqual([]);
    });

    it('when a worker that saves checkpoints is killed at any call, or refused one', async () => {
      const reference = await savingReference(training);
      const calls = reference.calls.worker;
      const saving = whileSaving(calls);
      const kills = killsAt(calls, 'worker').filter(saving);
      const refusals = refusalsAt(calls, 'worker').filter(saving);
      expect(await failuresOf(reference, [...tried(kills, 12), ...tried(refusals, 8)])).toEqual([]);
    });

    it.each(['main', 'worker'] as const)(
      'when `resume` is killed at any call, or refused one (%s)',
      async (who) => {
        const reference = await resumingReference(training);
        const calls = reference.calls[who];
        const faults = [...tried(killsAt(calls, who), 12), ...tried(refusalsAt(calls, who), 6)];
        expect(await failuresOf(reference, faults)).toEqual([]);
      },
    );

    it('when it, a command or a worker is killed at any time', async () => {
      console.log(`random kills by seed ${seed}`);
      expect(await failuresOfKills(await referenceOf(commands), isWhole ? 140 : 30, seed)).toEqual([]);
      expect(await failuresOfKills(await referenceOf(training), isWhole ? 60 : 6, seed)).toEqual([]);
      expect(await failuresOfKills(await savingReference(training), isWhole ? 60 : 6, seed)).toEqual([]);
    });
  },
);

it('a server has a run once, wherever sync was killed', { timeout: 600_000 }, async () => {
  const { failures } = await failuresOfSync(commands, isWhole ? Number.POSITIVE_INFINITY : 12, seed);
  expect(failures).toEqual([]);
});

it('each kind of file, damaged in any way, is made again or told of', { timeout: 1_200_000 }, async () => {
  const files = fileKinds.flatMap((kind) => damages.map((how) => ({ kind, how })));
  expect(await failuresOfDamage(await referenceOf(commands), tried(files, 30))).toEqual([]);
});

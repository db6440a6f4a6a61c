import { describe, expect, it } from 'vitest';

import { damages, failuresOfDamage, fileKinds } from '../crash/damage.js';
import { killsAt, refusalsAt, type Who } from '../crash/faults.js';
import { failuresOfKills } from '../crash/kills.js';
import { commands, training } from '../crash/pipelines.js';
import { failuresOf, referenceOf } from '../crash/rig.js';
import { failuresOfSync } from '../crash/sync.js';

/** Of random kills. */
const seed = 20261126;

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
      console.log(`${kills.length} kills at ${reference.calls[who].length} calls`);
      expect(await failuresOf(reference, kills)).toEqual([]);
    });

    // The scheduler makes the same calls for a training as for a command; its worker makes others.
    it.each([places[0], places[2]])('when any call is refused (%s, %s)', async (_name, who: Who, project) => {
      const reference = await referenceOf(project);
      const refusals = refusalsAt(reference.calls[who], who);
      console.log(`${refusals.length} refusals at ${reference.calls[who].length} calls`);
      expect(await failuresOf(reference, refusals)).toEqual([]);
    });

    it('when it, a command or a worker is killed at any time, 200 times', async () => {
      console.log(`random kills by seed ${seed}`);
      expect(await failuresOfKills(await referenceOf(commands), 140, seed)).toEqual([]);
      expect(await failuresOfKills(await referenceOf(training), 60, seed)).toEqual([]);
    });
  },
);

it('a server has a run once, wherever sync was killed', { timeout: 600_000 }, async () => {
  const { failures } = await failuresOfSync(commands, Number.POSITIVE_INFINITY, seed);
  expect(failures).toEqual([]);
});

it('each kind of file, damaged in any way, is made again or told of', { timeout: 1_200_000 }, async () => {
  const files = fileKinds.flatMap((kind) => damages.map((how) => ({ kind, how })));
  expect(await failuresOfDamage(await referenceOf(commands), files)).toEqual([]);
});

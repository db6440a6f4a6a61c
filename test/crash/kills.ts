import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { childrenOf } from '../acceptance/processes.js';
import { seededRandom, temporaryFolder } from '../files/support.js';
import { start } from './faults.js';
import { inPairs, problemsAtRerun, type Reference } from './rig.js';
import { damageIn } from './state.js';

/** Kills that hit one folder of outputs, one after the other, before a run is let alone. */
const killsInARow = 5;

/**
 * So many runs, each hit by a SIGKILL at a random time: its own process, or one of its children.
 * @returns what went wrong at which; nothing where all is well.
 */
export async function failuresOfKills(
  reference: Reference,
  count: number,
  seed: number,
): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  const failures: string[] = [];
  const groups = Array.from({ length: Math.ceil(count / killsInARow) }, (_, index) => index);
  await inPairs(groups, async (group) => {
    const random = seededRandom(seed + group);
    const place = join(folder, String(group));
    await reference.prepare(place);
    const said: string[] = [];
    const kills = Math.min(killsInARow, count - group * killsInARow);
    for (let kill = 0; kill < kills; kill++) {
      // The first third is Node's own start.
      const after = reference.took * (0.3 + 0.8 * random());
      said.push(await killedRun(reference, place, after, random));
      const damage = await damageIn(join(place, 'runs'));
      failures.push(
        ...damage.map((problem) => `seed ${seed}, group ${group}, ${said.join(', ')}: ${problem}`),
      );
    }
    const problems = await problemsAtRerun(reference, place).catch((error: unknown) => [String(error)]);
    failures.push(
      ...problems.map((problem) => `seed ${seed}, group ${group}, ${said.join(', ')}: ${problem}`),
    );
  });
  return failures;
}

/** @returns what was killed, and what came of it. */
async function killedRun(
  { args }: Reference,
  place: string,
  after: number,
  random: () => number,
): Promise<string> {
  const { pid, ended } = start(place, args);
  await Promise.race([wait(after), ended]);
  const children = childrenOf(pid);
  const isChild = random() < 0.5;
  const victim = isChild ? children[Math.floor(random() * children.length)] : pid;
  try {
    process.kill(victim ?? pid, 'SIGKILL');
  } catch {
    // It has ended just now.
  }
  const { code, signal } = await ended;
  return `${victim === pid || victim === undefined ? 'main' : 'child'} after ${Math.round(after)} ms: ${signal ?? code}`;
}

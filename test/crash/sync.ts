import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { fakeMlflow } from '../tracking/fake-mlflow.js';
import { callsIn, describeFault, type Fault, killsAt, start } from './faults.js';
import { makeProject, type Project, runArguments } from './pipelines.js';
import { inPairs, internalsIn } from './rig.js';
import { sampleOf } from './sample.js';

/**
 * Kills `wassermill sync` at its calls, so many of them, each followed by a whole one: the server then has what an
 * undisturbed one gives it, the run once.
 * @returns what went wrong at which; nothing where all is well.
 */
export async function failuresOfSync(
  project: Project,
  count: number,
  seed: number,
): Promise<{ readonly failures: readonly string[]; readonly sends: number }> {
  const folder = await temporaryFolder();
  const finished = join(folder, 'finished');
  await makeProject(finished, project);
  expect(await start(finished, runArguments).ended).toMatchObject({ code: 0 });
  const sync = async (place: string, url: string, fault?: Fault) =>
    start(place, ['sync', url, '--runs', join(place, 'runs')], { ...(fault && { fault }) }).ended;

  const whole = join(folder, 'whole');
  await copyOf(finished, whole);
  const reference = await fakeMlflow();
  expect(await sync(whole, reference.url)).toMatchObject({ code: 0, stderr: '' });
  const calls = await callsIn(whole, 'main');

  const failures: string[] = [];
  await inPairs(sampleOf(killsAt(calls, 'main'), count, seed), async (fault, index) => {
    const place = join(folder, String(index));
    await copyOf(finished, place);
    const server = await fakeMlflow();
    const where = describeFault(fault, calls);
    const killed = await sync(place, server.url, fault);
    if (killed.signal !== 'SIGKILL') failures.push(`${where}: it ended with ${killed.code}`);
    const { code, stdout, stderr } = await sync(place, server.url);
    if (code !== 0 || internalsIn(stdout + stderr)) failures.push(`${where}: ${code} ${stdout}${stderr}`);
    try {
      expect(server.state()).toEqual(reference.state());
    } catch (error) {
      failures.push(`${where}: the server differs: ${String(error)}`);
    }
  });
  return { failures, sends: calls.filter((call) => call.startsWith('send')).length };
}

/** Only the outputs: a run that is sent from elsewhere is the same. */
async function copyOf(finished: string, place: string): Promise<void> {
  await mkdir(place);
  await cp(join(finished, 'runs'), join(place, 'runs'), { recursive: true, preserveTimestamps: true });
}

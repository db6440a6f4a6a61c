import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { SetupProgress } from '../../src/native/progress.js';
import { compiledSources } from '../files/support.js';
import { lackingTool, makeRig, pathWith, programPath, setUpInChild, type Rig } from './rig.js';

let dist: string;
beforeAll(async () => {
  dist = await compiledSources(['base', 'files', 'native']);
});
afterAll(() => rm(dist, { recursive: true, force: true }));

/** The programs of this machine, but these that work only after a second: time enough to be interrupted. */
function slowed(rig: Rig, ...programs: readonly string[]): Promise<Rig> {
  const slow = programs.map((name) => [name, `#!/bin/sh\nsleep 1\nexec ${programPath(name)} "$@"\n`]);
  return withPrograms(rig, Object.fromEntries(slow) as Record<string, string>);
}

/** Runs the compiler, unless it is to make the add-on: then what comes after it in the script is done. */
const unlessAddon = (): string => `case "$*" in *-shared*) ;; *) exec ${programPath('g++')} "$@" ;; esac`;

/** The programs of this machine, but a compiler that is at the add-on for as long as whoever started it lives. */
const neverCompiling = (rig: Rig): Promise<Rig> =>
  withPrograms(rig, {
    'g++': `#!/bin/sh\n${unlessAddon()}\nwhile kill -0 $PPID 2> /dev/null; do sleep 0.1; done\n`,
  });

async function withPrograms(rig: Rig, programs: Readonly<Record<string, string>>): Promise<Rig> {
  const path = await pathWith(programs);
  const environment = { ...rig.host.environment, PATH: `${path}:${process.env['PATH'] ?? ''}` };
  return { ...rig, host: { ...rig.host, environment } };
}

const phasesOf = (progress: readonly SetupProgress[]) => [...new Set(progress.map(({ phase }) => phase))];

describe.skipIf(lackingTool !== undefined)(
  `with pip and g++ (missing here: ${lackingTool ?? 'nothing'})`,
  () => {
    test.each([
      { killedIn: 'download', kept: [], redone: ['download', 'verify', 'extract', 'compile', 'done'] },
      { killedIn: 'extract', kept: ['wheel'], redone: ['download', 'extract', 'compile', 'done'] },
      { killedIn: 'compile', kept: ['wheel'], redone: ['download', 'extract', 'compile', 'done'] },
    ] as const)(
      'killed while it does $killedIn, the next start redoes only what it must',
      async ({ killedIn, kept, redone }) => {
        const rig = await makeRig({ ballast: killedIn === 'extract' ? 60_000_000 : 1_000 });
        const native = join(rig.host.cache, 'native');
        const first = setUpInChild(dist, await slowed(rig, 'python3', 'g++'));
        await first.begun(killedIn);
        first.process.kill('SIGKILL');
        await once(first.process, 'close');
        // The dead owner's claim is still there.
        expect(await readdir(join(native, 'lock'))).toHaveLength(1);
        expect((await readdir(join(native, 'download'))).length).toBe(kept.length);
        expect((await readdir(native)).filter((name) => name.startsWith('native-'))).toEqual([]);

        const { phases, outcome } = await setUpInChild(dist, rig).end;
        expect(outcome).toContain('"ok":true');
        expect(phasesOf(phases)).toEqual(redone);
        expect(await readdir(native)).toEqual([expect.stringMatching(/^native-/)]);
      },
    );

    test('of two at once, one works and the other waits for it and says so', async () => {
      const rig = await slowed(await makeRig(), 'g++');
      const children = [setUpInChild(dist, rig), setUpInChild(dist, rig)];
      const ends = await Promise.all(children.map(({ end }) => end));
      expect(ends[0]?.outcome).toContain('"ok":true');
      expect(ends[1]?.outcome).toBe(ends[0]?.outcome);
      const worked = ends.filter(({ phases }) => phasesOf(phases).includes('compile'));
      expect(worked).toHaveLength(1);
      const worker = children[ends.findIndex((end) => end === worked[0])];
      const waited = ends.find((end) => end !== worked[0])?.phases;
      expect(waited).toContainEqual({
        phase: 'waiting',
        owner: `process ${worker?.process.pid ?? ''}`,
        lock: join(rig.host.cache, 'native/lock'),
      });
    });

    test('when the one that works is killed, the one that waits takes over', async () => {
      const rig = await makeRig();
      const first = setUpInChild(dist, await neverCompiling(rig));
      await first.begun('compile');
      const second = setUpInChild(dist, rig);
      await second.begun('waiting');
      first.process.kill('SIGKILL');
      const { phases, outcome } = await second.end;
      expect(outcome).toContain('"ok":true');
      expect(phasesOf(phases)).toEqual(['waiting', 'download', 'extract', 'compile', 'done']);
    });

    test('a compiler that outlives its killed parent spoils nothing of the one that takes over', async () => {
      const rig = await makeRig();
      const [compiled, written] = ['compiled', 'written'].map((name) => join(dirname(rig.host.cache), name));
      // It writes after the second compiler is done, which is waited for until then.
      const orphan = `#!/bin/sh
${unlessAddon()}
exec 2> /dev/null # a complaint to a dead parent would end it
while [ ! -e ${compiled} ]; do sleep 0.1; done
while [ "$1" != -o ]; do shift; done
echo half an add-on > "$2"
touch ${written}
`;
      const patient = `#!/bin/sh
${unlessAddon()}
${programPath('g++')} "$@"
touch ${compiled}
while [ ! -e ${written} ]; do sleep 0.1; done
`;
      const first = setUpInChild(dist, await withPrograms(rig, { 'g++': orphan }));
      await first.begun('compile');
      const second = setUpInChild(dist, await withPrograms(rig, { 'g++': patient }));
      await second.begun('waiting');
      first.process.kill('SIGKILL');
      const { outcome } = await second.end;
      expect(outcome).toContain('"ok":true');
    });

    test('a wheel that was spoilt on the disk is downloaded again', async () => {
      const rig = await makeRig();
      const first = setUpInChild(dist, await slowed(rig, 'g++'));
      await first.begun('compile');
      first.process.kill('SIGKILL');
      await first.end;
      const wheel = join(rig.host.cache, 'native/download', rig.wheel.file);
      expect(existsSync(wheel)).toBe(true);
      await writeFile(wheel, Buffer.alloc(rig.wheel.bytes));
      const { phases, outcome } = await setUpInChild(dist, rig).end;
      expect(outcome).toContain('"ok":true');
      expect(phasesOf(phases)).toEqual(['download', 'verify', 'extract', 'compile', 'done']);
    });
  },
);

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { newProject, type Ended, type Project } from './support.js';

/** Cell 0 is in every sweep, and each other cell in two of them. */
function sweep(index: number, processes: number, { kill }: Options): string {
  const cells = [0, index + 1, ((index + 1) % processes) + 1];
  return `version: 1
name: sweep-${index}
matrix: {axes: {x: [${cells.join(', ')}]}}
datasets: {}
architectures: {}
stages:
  cell:
    type: command
    run: [sh, -c, 'exec sh cell.sh \${matrix.x} ${processes - 1} ${kill ? 'hang' : 'end'}']
`;
}

/**
 * Whoever makes cell 0 first does not end before all other runs say in their journals that they wait for it, and writes into
 * the file `owner` whose command it is. Told to hang, it then stays until it is killed; the next one comes to an end.
 */
const cell = `echo start $1 >> trace
if [ $1 = 0 ] && [ ! -e owner ]; then
  for round in $(seq 600); do
    waiting=$(grep -l '"stage_waiting".*"cell@x=0"' runs/history/*/journal.jsonl | wc -l)
    [ $waiting -ge $2 ] && break
    sleep 0.1
  done
  [ $waiting -ge $2 ] || exit 9
  echo $PPID > owner.part && mv owner.part owner
  [ $3 = end ] || exec sleep 600
fi
echo done $1 >> trace
`;

interface Options {
  /** Whether one run is killed while all others wait for it. */
  readonly kill: boolean;
}

interface Shown {
  readonly outcome: string;
  readonly mlflow: readonly string[];
  readonly stages: readonly { readonly state: string }[];
}

interface ManyRuns {
  readonly ended: readonly Ended[];
  /** Cells, each as often as its command began, and as often as it came to its end. */
  readonly started: readonly number[];
  readonly done: readonly number[];
  /** What `show` says of the runs of the store. */
  readonly shown: readonly Shown[];
  /** What a run of everything says afterwards: there is nothing left to do. */
  readonly after: readonly Ended[];
}

/** Starts runs at once, of overlapping sweeps on one store. */
async function manyRuns(processes: number, options: Options): Promise<ManyRuns> {
  const indices = Array.from({ length: processes }, (_, index) => index);
  const files = indices.map((index) => [`sweep-${index}.yaml`, sweep(index, processes, options)] as const);
  const project = await newProject({ ...Object.fromEntries(files), 'cell.sh': cell });
  const run = ([file]: (typeof files)[number]) =>
    // One stage at once where one is killed: what it makes then is cell 0, and nothing else.
    project.wassermill(['run', file, '--backend', 'cpu', '-j', options.kill ? '1' : '2']);
  try {
    const running = Promise.all(files.map(run));
    if (options.kill) process.kill(await ownerOfCell(project), 'SIGKILL');
    const ended = await running;
    const trace = (await readFile(join(project.folder, 'trace'), 'utf8')).trim().split('\n');
    const cells = (word: string) =>
      trace.flatMap((line) => (line.startsWith(`${word} `) ? [Number(line.slice(word.length))] : []));
    const names = await readdir(join(project.folder, 'runs/history'));
    const shown: Shown[] = [];
    for (const name of names) {
      shown.push(JSON.parse((await project.wassermill(['show', name, '--json'])).stdout) as Shown);
    }
    const after: Ended[] = [];
    for (const file of files) after.push(await run(file));
    return {
      ended,
      started: cells('start').sort(byNumber),
      done: cells('done').sort(byNumber),
      shown,
      after,
    };
  } finally {
    await project.remove();
  }
}

function byNumber(a: number, b: number): number {
  return a - b;
}

async function ownerOfCell({ folder }: Project): Promise<number> {
  const file = join(folder, 'owner');
  for (let round = 0; round < 1200 && !existsSync(file); round += 1) await delay(50);
  return Number(await readFile(file, 'utf8'));
}

/** Declares the tests of so many runs at once. */
export function testRunsAtOnce(processes: number): void {
  const cells = Array.from({ length: processes + 1 }, (_, index) => index);

  describe(`${processes} runs at once, of overlapping sweeps on one store`, () => {
    test('make each cell once; who comes second says that it waits, and takes the result', async () => {
      const { ended, started, done, shown, after } = await manyRuns(processes, { kill: false });
      expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual(ended.map(() => [0, '']));
      expect(started).toEqual(cells);
      expect(done).toEqual(cells);
      const waited = ended.filter(({ stdout }) => /^cell@x=0: waiting for process \d+/m.test(stdout));
      expect(waited).toHaveLength(processes - 1);
      expect(shown).toHaveLength(processes);
      for (const run of shown) {
        expect(run.outcome).toBe('succeeded');
        expect(run.mlflow).toHaveLength(1);
        expect(run.stages.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      }
      for (const { code, stdout } of after)
        expect([code, stdout]).toEqual([0, expect.stringContaining('nothing to run')]);
    });

    test('one killed with -9 while the others wait for it: they make its cells, each once', async () => {
      const { ended, started, done, shown, after } = await manyRuns(processes, { kill: true });
      expect(ended.map(({ code }) => code ?? 'killed').sort()).toEqual([
        ...Array.from({ length: processes - 1 }, () => 0),
        'killed',
      ]);
      // The cell that it was killed in was begun twice.
      expect(started).toEqual([0, ...cells]);
      expect(done).toEqual(cells);
      expect(shown.map(({ outcome }) => outcome).sort()).toEqual([
        'interrupted',
        ...Array.from({ length: processes - 1 }, () => 'succeeded'),
      ]);
      // Its own file has no recorded run yet: that is made of what is cached.
      for (const { code } of after) expect(code).toBe(0);
    });
  });
}

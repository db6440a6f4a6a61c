import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { RunEvent } from '../../src/execute/events.js';
import { newProject, type CommandOptions, type Project } from './support.js';

interface Bench extends Project {
  readonly run: (args?: readonly string[], options?: CommandOptions) => ReturnType<Project['wassermill']>;
  /** Lines that commands have added to the file `trace` since the last question. */
  readonly trace: () => Promise<readonly string[]>;
}

async function withStages(stages: string, use: (bench: Bench) => Promise<void>, axes = ''): Promise<void> {
  const text = `version: 1\nname: works\n${axes}datasets: {}\narchitectures: {}\nstages:\n${stages}`;
  const project = await newProject({ 'works.yaml': text });
  let told = 0;
  try {
    await use({
      ...project,
      run: (args = [], options) =>
        project.wassermill(['run', 'works.yaml', '--backend', 'cpu', ...args], options),
      trace: async () => {
        const file = join(project.folder, 'trace');
        const lines = existsSync(file) ? (await readFile(file, 'utf8')).split('\n').slice(0, -1) : [];
        return lines.slice(told, (told = lines.length)).toSorted();
      },
    });
  } finally {
    await project.remove();
  }
}

describe('resources', () => {
  const gpus = (list: string): CommandOptions => ({ environment: { CUDA_VISIBLE_DEVICES: list } });
  const two = `  a: {type: command, run: 'echo a $CUDA_VISIBLE_DEVICES >> trace; sleep 0.3', resources: {gpu: 1}}
  b: {type: command, run: 'echo b $CUDA_VISIBLE_DEVICES >> trace; sleep 0.3', resources: {gpu: 1}}
  both: {type: command, run: 'echo both $CUDA_VISIBLE_DEVICES >> trace', needs: [a], resources: {gpu: 2}}
  none: {type: command, run: 'echo none $CUDA_VISIBLE_DEVICES >> trace'}
`;

  test('each stage sees the GPUs that are its own, and what asks for none those of the user', async () => {
    await withStages(two, async ({ run, trace }) => {
      const { code, stderr } = await run(['-j', '2'], gpus('3,GPU-5'));
      expect([code, stderr]).toEqual([0, '']);
      const lines = await trace();
      const own = lines.filter((line) => /^[ab] /.test(line)).map((line) => line.slice(2));
      expect(own.every((gpu) => gpu === '3' || gpu === 'GPU-5')).toBe(true);
      expect(lines.find((line) => line.startsWith('both'))).toMatch(/^both (3,GPU-5|GPU-5,3)$/);
      expect(lines).toContain('none 3,GPU-5');
    });
  });

  test('a stage that asks for more than there is, is refused at its place before anything runs', async () => {
    await withStages(two, async ({ run, trace }) => {
      const { code, stderr } = await run([], gpus('3'));
      expect(code).toBe(2);
      expect(stderr).toContain(
        'works.yaml:8:103: error: the stage needs 2 GPUs, but there is 1 [machine-too-small]',
      );
      expect(await trace()).toEqual([]);
      // Named twice, and of no use twice: `-1` ends the list.
      expect((await run([], gpus('3,-1,4'))).code).toBe(2);
    });
  });

  test('what is cached is taken on a machine without GPUs', async () => {
    await withStages(two, async ({ run, trace }) => {
      expect((await run([], gpus('0,1'))).code).toBe(0);
      await trace();
      const elsewhere = await run(['-S', 'stages.none.seed=1'], gpus(''));
      expect([elsewhere.code, elsewhere.stderr]).toEqual([0, '']);
      expect(await trace()).toEqual(['none']);
      expect((await run(['-f'], gpus(''))).code).toBe(2);
    });
  });

  test('a dry run refuses what the run would refuse, in its words, and nothing that is cached', async () => {
    await withStages(two, async ({ run, folder, wassermill }) => {
      const real = await run([], gpus('3'));
      const dry = await run(['-n'], gpus('3'));
      expect([dry.code, dry.stdout, dry.stderr]).toEqual([2, '', real.stderr]);
      expect(dry.stderr).toContain('[machine-too-small]');
      const json = await run(['-n', '--json'], gpus('3'));
      expect([json.code, json.stderr]).toEqual([2, '']);
      expect(JSON.parse(json.stdout)).toMatchObject({ type: 'diagnostic', code: 'machine-too-small' });
      // A plan may be made anywhere.
      const plan = await wassermill(['plan', 'works.yaml', '--backend', 'cpu'], gpus('3'));
      expect([plan.code, plan.stderr]).toEqual([0, '']);
      expect(existsSync(join(folder, 'runs'))).toBe(false);

      expect((await run(['-n'], gpus('0,1'))).code).toBe(0);
      expect((await run([], gpus('0,1'))).code).toBe(0);
      expect((await run(['-n'], gpus('3'))).code).toBe(0);
      expect((await run(['-n', '-f'], gpus('3'))).code).toBe(2);
    });
  });

  test('memory: what no machine has is refused, for machines too; what this one has is not', async () => {
    const stages = `  small: {type: command, run: 'true', resources: {memory: {mib: 10}}}
  large: {type: command, run: 'true large', resources: {memory: {gib: 100000}}}
`;
    await withStages(stages, async ({ run }) => {
      const { code, stdout } = await run(['--json']);
      expect(code).toBe(2);
      const [diagnostic, ...more] = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(more).toEqual([]);
      expect(diagnostic).toMatchObject({ type: 'diagnostic', code: 'machine-too-small' });
      expect((await run(['-S', '~stages.large'])).code).toBe(0);
    });
  });

  test('more stages at once than cores are told', async () => {
    await withStages(`  a: {type: command, run: 'true'}\n`, async ({ run }) => {
      const { code, stderr } = await run(['-j', '5000']);
      expect(code).toBe(0);
      expect(stderr).toMatch(/^warning: -j 5000 is more than the \d+ cores? there (is|are): .+\n$/);
    });
  });
});

describe('when a stage has failed', () => {
  // `slow` runs when `bad` fails; `late` could start after it.
  const stages = `  bad: {type: command, run: 'until test -e begun; do sleep 0.05; done; exit 3'}
  slow: {type: command, run: 'touch begun; sleep 1; echo slow >> trace'}
  late: {type: command, run: 'echo late >> trace', needs: [slow]}
  lost: {type: command, run: 'echo lost >> trace', needs: [bad]}
`;
  const outcomes = (stdout: string) =>
    Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as RunEvent)
        .flatMap((event): (readonly [string, unknown])[] => {
          if (event.type === 'stage_succeeded') return [[event.stage, 'succeeded']];
          if (event.type === 'stage_failed') return [[event.stage, event.failure.reason]];
          return event.type === 'stage_not_run' ? [[event.stage, event.because]] : [];
        }),
    );

  test('a pipeline stops: what runs may end, and the next run goes on from there', async () => {
    await withStages(stages, async ({ run, trace, write }) => {
      const { code, stdout } = await run(['-j', '2']);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^– late +not run: stopped, because bad failed$/m);
      expect(stdout).toMatch(/^– lost +not run: bad failed$/m);
      expect(stdout).toContain('1 of 4 stages done; -k runs what does not depend on the failure');
      expect(await trace()).toEqual(['slow']);
      await write('begun', '');
      const again = await run(['-j', '2', '--json', '-k']);
      expect(again.code).toBe(1);
      expect(outcomes(again.stdout)).toEqual({
        bad: 'command_failed',
        slow: 'succeeded',
        late: 'succeeded',
        lost: { failed: 'bad' },
      });
      expect(await trace()).toEqual(['late']);
    });
  });

  test('continue: what does not depend on it goes on', async () => {
    await withStages(stages, async ({ run, trace }) => {
      const { code, stdout } = await run(['-j', '2', '--on-failure', 'continue']);
      expect(code).toBe(1);
      expect(stdout).not.toContain('stopped');
      expect(await trace()).toEqual(['late', 'slow']);
    });
  });

  test('kill: what runs is stopped; report, journal and MLflow say so', async () => {
    await withStages(stages, async ({ run, trace, folder, wassermill }) => {
      const { code, stdout } = await run(['-j', '2', '--on-failure', 'kill']);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^✗ slow +was stopped, because bad failed after /m);
      expect(await trace()).toEqual([]);
      const shown = JSON.parse((await wassermill(['show', '--json'])).stdout) as {
        report: string;
        stages: readonly { id: string }[];
      };
      const slow = shown.stages.find(({ id }) => id === 'slow');
      expect(slow).toMatchObject({ state: 'failed', failure: { reason: 'stopped', failed: 'bad' } });
      const late = shown.stages.find(({ id }) => id === 'late');
      expect(late).toMatchObject({ state: 'not_run', because: { stopped: 'bad' } });
      const report = await readFile(shown.report, 'utf8');
      expect(report).toContain('was stopped, because bad failed');
      expect(report).toContain('not run: stopped, because bad failed');
      const database = await readFile(join(folder, 'runs/mlflow/mlflow.db'));
      expect(database.includes('| late | not run: stopped, because bad failed |')).toBe(true);
    });
  });

  const cells = `  cell: {type: command, run: [sh, -c, 'echo \${matrix.x} >> trace; test \${matrix.x} != 1']}\n`;

  test('a sweep goes on with the other cells, unless it is told to stop', async () => {
    await withStages(
      cells,
      async ({ run, trace }) => {
        const stopped = await run(['-j', '1', '--on-failure', 'stop']);
        expect(stopped.code).toBe(1);
        expect((await trace()).length).toBeLessThan(4);
        const { code } = await run(['-j', '1']);
        expect(code).toBe(1);
        const done = await run(['-j', '1', '-k']);
        expect(done.stdout).toContain('3 of 4 stages done, 3 from the cache');
      },
      'matrix: {axes: {x: [1, 2, 3, 4]}}\n',
    );
  });

  test('-k and a mode say the same thing twice, or contradict each other', async () => {
    await withStages(stages, async ({ run }) => {
      const { code, stderr } = await run(['-k', '--on-failure', 'kill']);
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining("option '-k, --keep-going' cannot be used with option '--on-failure <mode>'"),
      ]);
    });
  });
});

import { appendFile, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runEventOf } from '../../src/execute/event-lines.js';
import { recordOf } from '../../src/execute/record.js';
import { newProject, pipelineNamed, steady, tinyPipeline, type Project } from './support.js';

const cpu = ['--backend', 'cpu'];
const note = 'note: --backend cpu computes in plain JavaScript, many times slower than native\n';

/** Every file below a folder, by its path. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)));
}

describe('one pipeline, run again and again', () => {
  let project: Project;
  beforeAll(async () => {
    project = await newProject({ 'tiny.yaml': tinyPipeline });
  });
  afterAll(() => project.remove());

  test('first everything runs', async () => {
    const { code, stdout, stderr } = await project.wassermill(['run', 'tiny.yaml', ...cpu]);
    expect([code, stderr]).toEqual([0, note]);
    const lines = steady(stdout).split('\n');
    // How often a slow machine tells of its progress is its own affair.
    expect(lines.filter((line) => !/^\w+: \d+%/.test(line)).join('\n')).toMatch(
      new RegExp(`^tiny: 3 stages, run RUN
dataset:ring: started
✓ dataset:ring {2}TIME
train: started
✓ train {2}TIME {2}wasserstein_estimate \\S+
quality: started
✓ quality {2}TIME {2}swd \\S+

Succeeded in TIME: 3 stages

 +untrained +trained
 +quality\\.swd +\\S+ +\\S+ +(better|worse)
 +train\\.wasserstein_estimate +\\S+

Report {2}runs/history/RUN/report\\.html
MLflow {2}cd runs/mlflow && mlflow ui {2}# http://127\\.0\\.0\\.1:5000/#/experiments/1/runs/ID\\?\\S+
$`),
    );
  });

  test('then nothing does, and nothing is written', async () => {
    const before = await filesIn(project.folder);
    const { code, stdout, stderr } = await project.wassermill(['run', 'tiny.yaml', ...cpu]);
    expect([code, stderr]).toEqual([0, '']);
    expect(steady(stdout)).toMatch(
      new RegExp(`^tiny: nothing to run; 3 stages cached

Numbers {2}wassermill show RUN
Report {2}runs/history/RUN/report\\.html
MLflow {2}cd runs/mlflow && mlflow ui {2}# http://127\\.0\\.0\\.1:5000/#/experiments/1/runs/ID\\?\\S+
$`),
    );
    const json = await project.wassermill(['run', 'tiny.yaml', '--json', ...cpu]);
    const [run] = await readdir(join(project.folder, 'runs/history'));
    expect(JSON.parse(json.stdout)).toEqual({
      type: 'up_to_date',
      run,
      report: join(project.folder, 'runs/history', run ?? '', 'report.html'),
      mlflow: [expect.stringMatching(/^cd runs\/mlflow && mlflow ui/)],
    });
    expect(await filesIn(project.folder)).toEqual(before);
    const shown = await project.wassermill(['show', run ?? '']);
    expect(shown.stdout).toContain('quality');
  });

  test.each([
    ['another description', ['-S', 'desc=again'], {}],
    ['another place to show it', [], { MLFLOW_TRACKING_URI: 'databricks' }],
  ])('%s is another record of what is cached', async (_, args, environment) => {
    const run = ['run', 'tiny.yaml', ...args, '--json', ...cpu];
    const { code, stdout } = await project.wassermill(run, { environment });
    expect(code).toBe(0);
    const record = recordOf(stdout.trimEnd().split('\n').map(runEventOf));
    expect(record.stages.map(({ outcome }) => outcome)).toMatchObject(Array(3).fill({ cached: true }));
  });

  test('a record that is not there any more is made again', async () => {
    const history = join(project.folder, 'runs/history');
    for (const file of ['recorded.json', 'report.html']) {
      for (const run of await readdir(history)) await rm(join(history, run, file), { force: true });
      const { stdout } = await project.wassermill(['run', 'tiny.yaml', ...cpu]);
      expect(stdout, file).toContain('Succeeded in ');
    }
  });

  test('nothing runs again wherever it is started; --json prints events and nothing else', async () => {
    const elsewhere = join(project.folder, 'an other föläder');
    await mkdir(elsewhere);
    const runs = join(project.folder, 'runs');
    const { code, stdout, stderr } = await project.wassermill(['run', '../tiny.yaml', '--json', ...cpu], {
      directory: elsewhere,
      environment: { WASSERMILL_RUNS: runs },
    });
    expect([code, stderr]).toEqual([0, note]);
    const record = recordOf(stdout.trimEnd().split('\n').map(runEventOf));
    expect(record.stages.map(({ outcome }) => outcome)).toMatchObject([
      { state: 'succeeded', cached: true },
      { state: 'succeeded', cached: true },
      { state: 'succeeded', cached: true },
    ]);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  test('a damaged result is told, and made again to the same bits', async () => {
    const before = await filesIn(join(project.folder, 'runs/store'));
    const [weights, bytes] = [...before].find(([path]) => path.endsWith('step-000006/generator.bin')) ?? [];
    await writeFile(weights ?? '', Buffer.from(bytes ?? []).fill(7, 4, 8));
    const planned = await project.wassermill(['plan', 'tiny.yaml', ...cpu]);
    expect(steady(planned.stdout)).toContain('  train  run: damaged: ');
    const { code, stdout } = await project.wassermill(['run', 'tiny.yaml', ...cpu]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      '! train: its stored result is damaged (the content of snapshots/step-000006/generator.bin has changed); it runs again\n',
    );
    expect(stdout).toMatch(/✓ train .*\n• quality +cached\n/);
    expect(await readFile(weights ?? '')).toEqual(bytes);
  });

  test('a server that is down costs a warning, and no password is written or printed', async () => {
    const environment = {
      MLFLOW_TRACKING_URI: 'http://bob:hunter2@127.0.0.1:1/',
      MLFLOW_TRACKING_TOKEN: 'hunter2',
      AWS_SECRET_ACCESS_KEY: 'hunter2',
    };
    const logged = ['--log-level', 'trace'];
    const { code, stdout, stderr } = await project.wassermill(['run', 'tiny.yaml', '-f', ...cpu, ...logged], {
      environment,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('\nMLflow  wassermill sync --runs runs\n');
    expect(stdout).toContain(
      '\nwarning: the run is not on the MLflow server: no answer from http://127.0.0.1:1 ',
    );
    const log = stderr.replace(note, '').trimEnd().split('\n');
    expect(log.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain('run finished');
    expect(stdout + stderr).not.toContain('hunter2');
    for (const [path, content] of await filesIn(join(project.folder, 'runs'))) {
      expect(content.includes('hunter2'), path).toBe(false);
    }
  });

  test('a tracking URI that is no server’s is passed over', async () => {
    const environment = { MLFLOW_TRACKING_URI: 'databricks' };
    const { code, stdout } = await project.wassermill(['run', 'tiny.yaml', ...cpu], { environment });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nMLflow {2}cd runs\/mlflow && mlflow ui {2}#/);
    expect(stdout).toContain('\nwarning: MLFLOW_TRACKING_URI is not used: the tracking URI must be that of');
  });

  test('the report is written again on request', async () => {
    const runs = (await readdir(join(project.folder, 'runs/history'))).sort();
    const report = `runs/history/${runs.at(-1)}/report.html`;
    await writeFile(join(project.folder, report), 'spoiled');
    expect(await project.wassermill(['report'])).toEqual({ code: 0, stdout: `${report}\n`, stderr: '' });
    expect(await readFile(join(project.folder, report), 'utf8')).toMatch(/^<!doctype html>/);
    expect(await project.wassermill(['report', 'nonsense'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: there is no run nonsense in runs\n  help: the latest is ${runs.at(-1)}\n`,
    });
  });

  test('runs are sent to a server later; a URI that names none is a mistake', async () => {
    const { code, stdout, stderr } = await project.wassermill(['sync', 'http://bob:hunter2@127.0.0.1:1']);
    expect([code, stdout]).toEqual([1, '0 runs sent to http://127.0.0.1:1\n']);
    expect(stderr).toMatch(
      /^error: run \S+: no answer from http:\/\/127\.0\.0\.1:1 .*\nerror: \d+ later runs not tried\n$/,
    );
    const help = '  help: wassermill sync http://127.0.0.1:5000\n';
    for (const uri of ['databricks', 'file:///tmp/mlruns', 'http://bob:%zz@127.0.0.1']) {
      const wrong = await project.wassermill(['sync', uri]);
      expect(wrong).toMatchObject({ code: 2, stdout: '' });
      expect(wrong.stderr).toMatch(/^error: the (tracking URI|user name)/);
      expect(wrong.stderr).toContain(help);
    }
    expect((await project.wassermill(['sync'])).stderr).toBe(`error: no server is named\n${help}`);
  });
});

describe('data', () => {
  let project: Project;
  beforeAll(async () => {
    project = await newProject();
  });
  afterAll(() => project.remove());

  /** `count` records of the CIFAR-10 binary form: a label, and 3 planes of 32 x 32 pixels. */
  const records = (count: number) => Buffer.alloc(count * (1 + 3 * 32 * 32), 1);
  const pipeline = tinyPipeline.replace(
    /ring: \{.*/,
    'ring: {type: cifar10, files: [one.bin], splits: {train: 40, test: 9}}',
  );

  test('that a stage finds damaged is a located diagnostic, and the run has failed', async () => {
    await project.write('data.yaml', pipeline);
    await project.write('one.bin', records(50).subarray(1));
    const { code, stdout, stderr } = await project.wassermill(['run', 'data.yaml', ...cpu]);
    expect([code, stderr]).toEqual([1, note]);
    expect(stdout).toContain(`data.yaml:4:33: error: ${project.folder}/one.bin `);
    expect(stdout).toContain(
      '   4 |   ring: {type: cifar10, files: [one.bin], splits: {train: 40, test: 9}}\n' +
        '     |                                 ~~~~~~~\n',
    );
    expect(stdout).toContain('not run: dataset:ring failed\n');
    expect(stdout).toMatch(/\nFailed after \S+ s: 0 of 3 stages done\n/);
    expect(stdout).not.toMatch(/\n\s+at /);
  });

  test('that changes between plan and work is not kept under the wrong key', async () => {
    const file = join(project.folder, 'one.bin');
    await project.write('data.yaml', pipeline);
    await project.write('one.bin', records(50));
    await utimes(file, 1e9, 1e9);
    const { code, stdout } = await project.wassermill(['run', 'data.yaml', ...cpu], {
      onOutput: (text) => {
        if (text.includes('dataset:ring: started')) void appendFile(file, records(1));
      },
    });
    expect(code).toBe(1);
    expect(stdout).toContain(
      `data.yaml:4:33: error: ${file} has changed since this run began [stage-problem]\n`,
    );
    expect(stdout).toContain('  help: Run the same command again: it takes the data as they are then.\n');
    expect((await project.wassermill(['run', 'data.yaml', '-n', ...cpu])).stdout).toMatch(
      /dataset:ring {2}run: data of files\[0\] changed \(data\.yaml:4\)\n/,
    );
  });
});

test('Ctrl-C stops the run in good order, and what was done is not done again', async () => {
  const project = await newProject({ 'long.yaml': pipelineNamed('long', 3000) });
  const { code, stdout, stderr } = await project.wassermill(['run', 'long.yaml', ...cpu], {
    onOutput: (text, kill) => {
      if (text.includes('generator steps/s')) kill('SIGINT');
    },
  });
  expect(code).toBe(130);
  expect(stderr).toBe(`${note}Stopping; press Ctrl-C again to end at once.\n`);
  expect(stdout).toMatch(/\n✗ train {9}was interrupted after \S+ s\n– quality {7}not run: interrupted\n/);
  expect(stdout).toMatch(
    /\nInterrupted after \S+ s: 1 of 3 stages done; the same command goes on from there\n/,
  );
  const planned = await project.wassermill(['plan', 'long.yaml', ...cpu]);
  expect(planned.stdout).toMatch(/dataset:ring {2}hit \(took \S+ s\)\n {2}train {9}run: it did not finish\n/);
  await project.remove();
});

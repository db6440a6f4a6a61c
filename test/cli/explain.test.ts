import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { newProject, tinyPipeline, type Project } from './support.js';

const cpu = ['--backend', 'cpu'];

interface Reason {
  readonly type: string;
  readonly path?: string;
  readonly line?: number;
}

interface PlannedJson {
  readonly estimateSeconds?: number;
  readonly stages: readonly {
    readonly id: string;
    readonly runs: boolean;
    readonly reasons: readonly Reason[];
  }[];
}

async function planJson(project: Project, file: string, ...args: readonly string[]): Promise<PlannedJson> {
  const { stdout } = await project.wassermill(['plan', file, '--json', ...cpu, ...args]);
  return JSON.parse(stdout) as PlannedJson;
}

const reasonsIn = ({ stages }: PlannedJson) =>
  Object.fromEntries(stages.map(({ id, reasons }) => [id, reasons]));

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'tiny.yaml': tinyPipeline });
  const { code } = await project.wassermill(['run', 'tiny.yaml', ...cpu]);
  expect(code).toBe(0);
});
afterAll(() => project.remove());

describe('after a run, the plan', () => {
  test('has hits where nothing that counts has changed', async () => {
    const reordered = tinyPipeline
      .replace(/^( {4}clip: .*\n)( {4}optimizer: .*\n)/m, '$2    # A comment.\n$1')
      .replace('type: train\n', 'type: train\n    desc: Words.\n');
    await project.write('reordered.yaml', reordered);
    const { stdout } = await project.wassermill(['plan', 'reordered.yaml', ...cpu]);
    expect(stdout.replace(/\d+\.\d s/g, 'TIME')).toBe(`  dataset:ring  hit (took TIME)
  train         hit (took TIME)
  quality       hit (took TIME)
3 stages: 0 to run, 3 cached

            generator steps  critic steps  images  epochs
  train                   6            12     192   0.480

                   parameters  multiply-adds  memory
  train.generator          42             32   336 B
  train.critic             33             24   264 B
  multiply-adds: of one sample forward, 2 FLOPs each; memory: weights and slots
`);
  });

  test('names the field, what it was, what it is and where it stands, and estimates the time', async () => {
    await project.write('edited.yaml', tinyPipeline.replace('batch_size: 16', 'batch_size: 32'));
    const { stdout } = await project.wassermill(['plan', 'edited.yaml', ...cpu]);
    expect(stdout).toMatch(/^ {2}dataset:ring {2}hit /m);
    expect(stdout).toContain('  train         run: batch_size 16 -> 32 (edited.yaml:18)\n');
    expect(stdout).toContain('  quality       run: its input train runs\n');
    expect(stdout).toMatch(/2 to run, 1 cached; about \d+\.\d s of work from past runs\n/);
    const { estimateSeconds = 0 } = await planJson(project, 'edited.yaml');
    expect(estimateSeconds).toBeGreaterThan(0);
    // Twice the steps, about twice the time of training.
    const twice = await planJson(project, 'tiny.yaml', '-S', 'stages.train.budget.generator_steps=6000');
    expect(twice.estimateSeconds).toBeGreaterThan(100 * estimateSeconds);
  });

  test('places a removed parameter, a network, a default and an argument', async () => {
    const text = tinyPipeline
      .replace(/ {4}snapshots: .*\n/, '')
      .replace(/ {4}at: .*\n/, '')
      .replace('critic, hidden: [8]', 'critic, hidden: [8, 8]');
    await project.write('removed.yaml', text);
    const reasons = reasonsIn(await planJson(project, 'removed.yaml', '-S', 'stages.quality.samples=60'));
    expect(reasons['train']).toMatchObject([
      {
        type: 'field',
        change: 'changed',
        path: 'architectures.critic.hidden',
        before: [8],
        after: [8, 8],
        line: 7,
        column: 38,
      },
      { type: 'field', change: 'removed', path: 'stages.train.snapshots', line: 9 },
    ]);
    expect(reasons['quality']).toMatchObject([
      { path: 'stages.quality.samples', file: '<argument -S stages.quality.samples=60>', column: 24 },
      { path: 'stages.quality.at', before: 'every_snapshot', after: 'end', default: true },
      { type: 'input', change: 'changed', runs: true },
    ]);
  });

  test('is no wider than 80 cells in a pipe', async () => {
    const { stdout } = await project.wassermill([
      'plan',
      'tiny.yaml',
      ...cpu,
      '-S',
      'stages.train.optimizer={type: adam, lr: 0.0001, beta1: 0.123456789, beta2: 0.9123456789}',
    ]);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).toContain('run: optimizer.generator {type: rmsp… -> {type: adam…\n');
  });

  test('counts many cells by their reasons, and shows that arms train equally long', async () => {
    const text = `${tinyPipeline}seeds: [${Array.from({ length: 13 }, (_, seed) => seed).join()}]
ablation:
  match: critic_steps
  arms:
    one_iteration: {stages.train.critic_iterations: 1}
`;
    await project.write('ablation.yaml', text);
    const { stdout } = await project.wassermill(['plan', 'ablation.yaml', ...cpu]);
    expect(stdout).toContain('train@arm,seed    26 cells: 25 to run, 1 cached\n');
    expect(stdout).toContain('  25: never ran\n');
    expect(stdout).toContain('53 stages: 50 to run, 3 cached; about ');
    expect(stdout.split('\n\n')[1])
      .toBe(`                           generator steps  critic steps  images  epochs
  train@arm=base                         6            12     192   0.480
  train@arm=one_iteration               12            12     192   0.480`);
  });
});

describe('explain', () => {
  test('says what each cell is made of, and follows causes to their root', async () => {
    await project.write('clip.yaml', tinyPipeline.replace('clip: 0.1', 'clip: [-0.1, 0.3]'));
    const { code, stdout, stderr } = await project.wassermill(['explain', 'clip.yaml', 'quality', ...cpu]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^quality: miss, to run\n {2}key {8}[0-9a-f]{64}\n {2}code {7}[0-9a-f]{12}, of /);
    expect(stdout).toMatch(/^ {2}backend {4}cpu \d/m);
    expect(stdout).toMatch(/^ {2}model {6}train [0-9a-f]{12}$/m);
    expect(stdout).toMatch(/^ {2}samples {4}50$/m);
    expect(stdout).toMatch(/^ {2}compared with run \d{8}T\d{6}Z-[0-9a-f]{4}$/m);
    expect(stdout).toContain(`  its input train runs:
    clip.yaml:16:18: lipschitz.range[1] 0.1 -> 0.3
      16 |     clip: [-0.1, 0.3]
         |                  ~~~
`);
  });

  test('explains all that is to run, and nothing that is not', async () => {
    const args = ['explain', 'tiny.yaml', ...cpu, '-S', 'stages.quality.samples=60'];
    const { code, stdout } = await project.wassermill(args);
    expect(code).toBe(0);
    expect(stdout.replace(/run \d\S+/, 'run RUN')).toBe(`quality: miss, to run
  compared with run RUN
  <argument -S stages.quality.samples=60>:1:24: samples 50 -> 60
     1 | stages.quality.samples=60
       |                        ~~

1 stage to run, 2 hits
`);
    const nothing = await project.wassermill(['explain', 'tiny.yaml', ...cpu]);
    expect([nothing.code, nothing.stdout]).toEqual([0, '0 stages to run, 3 hits\n']);
  });

  test('compares a new cell with the nearest, and takes axes in any order', async () => {
    const args = ['-S', 'stages.train.clip=0.1,0.3', '-S', 'stages.train.batch_size=16,32', ...cpu];
    const { stdout } = await project.wassermill([
      'explain',
      'tiny.yaml',
      'train@batch_size=16,clip=0.3',
      ...args,
    ]);
    expect(stdout).toContain('train@clip=0.3,batch_size=16: miss, to run\n');
    expect(stdout).toMatch(
      / {2}never ran\n {2}compared with the nearest, train of run \S+\n {2}<arg.*lipschitz.range \[-0.1, 0.1\] -> \[-0.3, 0.3\]\n/,
    );
  });

  test.each([
    [['trian'], 'there is no stage trian in this plan', 'did you mean train?'],
    [['ring'], 'there is no stage ring in this plan', '`wassermill plan` lists the stages'],
    [
      ['train', '-S', 'stages.train.clip=0.1,0.3'],
      'train has 2 cells',
      'name one of them, as in train@clip=0.1',
    ],
    [
      ['train@clip=0.2', '-S', 'stages.train.clip=0.1,0.3'],
      'there is no stage train@clip=0.2 in this plan',
      'did you mean train@clip=0.1?',
    ],
  ])('refuses the name of no cell: %j', async (args, message, help) => {
    const { code, stdout, stderr } = await project.wassermill(['explain', 'tiny.yaml', ...args, ...cpu]);
    expect([code, stdout, stderr]).toEqual([2, '', `error: ${message}\n  help: ${help}\n`]);
  });

  test('as JSON has the cell and all that it depends on', async () => {
    const { stdout } = await project.wassermill(['explain', 'tiny.yaml', 'train', '--json', ...cpu]);
    const { stages } = JSON.parse(stdout) as { stages: Record<string, unknown>[] };
    expect(stages).toMatchObject([
      { id: 'dataset:ring', cache: 'hit', reasons: [], madeOf: { backend: null } },
      {
        id: 'train',
        cache: 'hit',
        madeOf: {
          inputs: [{ role: 'dataset', stage: 'dataset:ring', split: 'train' }],
          backend: { name: 'cpu' },
        },
      },
    ]);
  });
});

test('a data file that changed, and a result that is gone, are told as such', async () => {
  const digits = await newProject();
  try {
    const header = Buffer.from([0, 0, 8, 3, 0, 0, 1, 244, 0, 0, 0, 8, 0, 0, 0, 8]);
    const idx = (first: number) =>
      Buffer.concat([
        header,
        Buffer.from(Array.from({ length: 500 * 64 }, (_, at) => (first + at * 7) % 251)),
      ]);
    const line = '  ring: {type: idx, images: digits.idx, splits: {train: 400, test: 100}}';
    await digits.write('digits.yaml', tinyPipeline.replace(/ {2}ring: .*/, line));
    await digits.write('digits.idx', idx(1));
    expect((await digits.wassermill(['run', 'digits.yaml', ...cpu])).code).toBe(0);
    const { stages } = await planJson(digits, 'digits.yaml');
    expect(stages.map(({ runs }) => runs)).toEqual([false, false, false]);

    const store = join(digits.folder, 'runs/store');
    const { key } = required(stages[1], 'train') as unknown as { key: string };
    await rm(join(store, key.slice(0, 2), key), { recursive: true });
    const gone = await digits.wassermill(['plan', 'digits.yaml', ...cpu]);
    expect(gone.stdout).toContain('  train         run: its artifact is gone from the store\n');

    await digits.write('digits.idx', idx(2));
    const { stdout } = await digits.wassermill(['plan', 'digits.yaml', ...cpu]);
    expect(stdout).toContain('  dataset:ring  run: data of images changed (digits.yaml:4)\n');
    expect(stdout).toContain('  train         run: its input dataset:ring runs\n');
    expect(reasonsIn(await planJson(digits, 'digits.yaml'))['dataset:ring']).toMatchObject([
      { type: 'data', path: 'datasets.ring.images', line: 4, column: 29 },
    ]);
  } finally {
    await digits.remove();
  }
});

test('code that changed is named by its modules', async () => {
  const root = resolve(import.meta.dirname, '../..');
  const installed = await newProject();
  const { folder } = installed;
  try {
    for (const part of ['dist', 'package.json'])
      await cp(join(root, part), join(folder, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const file = join(folder, 'dist/build-manifest.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as {
      implementations: Record<string, string>;
      parts: Record<string, string>;
    };
    manifest.implementations['train'] = 'a'.repeat(64);
    manifest.parts['tensor/optimizers.js'] = 'b'.repeat(64);
    manifest.parts['tensor/trainer.js'] = 'c'.repeat(64);
    await writeFile(file, JSON.stringify(manifest));
    const main = join(folder, 'dist/cli/main.js');
    const command = ['tiny.yaml', ...cpu, '--runs', join(project.folder, 'runs')];
    const options = { directory: project.folder, main };
    const planned = await installed.wassermill(['plan', ...command], options);
    expect(planned.stdout).toContain('  train         run: code changed (tensor/optimizers.js and 1 more)\n');
    expect(planned.stdout).toContain('  quality       run: its input train runs\n');
    const { stdout } = await installed.wassermill(['explain', ...command, 'train'], options);
    expect(stdout).toContain('    tensor/optimizers.js\n    tensor/trainer.js\n');
  } finally {
    await installed.remove();
  }
});

test('a run that was stopped is told as such, and a plan that cannot be read is passed over', async () => {
  const history = join(project.folder, 'runs/history');
  const [run = ''] = await readdir(history);
  const journal = join(history, run, 'journal.jsonl');
  const plan = join(history, run, 'plan.json');
  const [events, record] = [await readFile(journal, 'utf8'), await readFile(plan, 'utf8')];
  const other = await newProject({ 'tiny.yaml': tinyPipeline });
  try {
    const elsewhere = join(other.folder, 'runs/history', run);
    await cp(join(history, run), elsewhere, { recursive: true });
    await writeFile(
      join(elsewhere, 'journal.jsonl'),
      events
        .split('\n')
        .filter((line) => !/"stage_succeeded".*"stage":"train"/.test(line))
        .join('\n'),
    );
    const { stdout } = await other.wassermill(['plan', 'tiny.yaml', ...cpu]);
    expect(stdout).toContain('  dataset:ring  run: its artifact is gone from the store\n');
    expect(stdout).toContain('  train         run: it did not finish\n');
    for (const text of [record.slice(0, -9), record.replace('"madeOf"', '"made"')]) {
      await writeFile(join(elsewhere, 'plan.json'), text);
      const { code, stdout } = await other.wassermill(['plan', 'tiny.yaml', ...cpu]);
      expect([code, stdout.split('\n')[1]]).toEqual([0, '  train         run: never ran']);
    }
  } finally {
    await other.remove();
  }
});

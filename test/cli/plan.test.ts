import { readdir } from 'node:fs/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { newProject, tinyPipeline, type Project } from './support.js';

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'tiny.yaml': tinyPipeline });
});
afterAll(() => project.remove());

test.each([[['plan']], [['run', '-n']]])('%j says what would run, and leaves no trace', async (command) => {
  const before = await readdir(project.folder);
  const { code, stdout, stderr } = await project.wassermill([...command, 'tiny.yaml', '--backend', 'cpu']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`  dataset:ring  run: never ran
  train         run: never ran
  quality       run: never ran
3 stages: 3 to run, 0 cached; no past run says how long that takes

            generator steps  critic steps  images  epochs
  train                   6            12     192   0.480

                   parameters  multiply-adds  memory
  train.generator          42             32   336 B
  train.critic             33             24   264 B
  multiply-adds: of one sample forward, 2 FLOPs each; memory: weights and slots
`);
  expect(await readdir(project.folder)).toEqual(before);
});

test('as JSON it is one line, without what environment variables hold', async () => {
  const text = tinyPipeline
    .replace(
      /ring: \{.*/,
      "digits: {type: idx, images: '${env:DIGITS}/a.gz', resize: 8, splits: {train: 400, test: 100}}",
    )
    .replaceAll('ring.', 'digits.');
  await project.write('digits.yaml', text);
  await project.write('a.gz', 'pixels');
  const environment = { DIGITS: project.folder };
  const command = ['plan', 'digits.yaml', '--json', '--backend', 'cpu'];
  const { code, stdout, stderr } = await project.wassermill(command, { environment });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^[^\n]+\n$/);
  expect(stdout).not.toContain(project.folder);
  expect(JSON.parse(stdout)).toMatchObject({
    type: 'plan',
    pipeline: 'tiny',
    counts: { run: 3, cached: 0, unread: 0 },
    unknownEstimates: 3,
    stages: [
      { id: 'dataset:digits', cache: 'miss', fields: { images: '${env:DIGITS}/a.gz' } },
      {
        reasons: [{ type: 'never_ran' }],
        units: { generator_steps: 6, critic_steps: 12, images: 192, epochs: 0.48 },
        // A dense layer for 64 pixels in place of 2 numbers.
        networks: {
          generator: { parameters: 24 + 9 * 64, multiplyAdds: 16 + 8 * 64, flops: 2 * (16 + 8 * 64) },
          critic: { parameters: 65 * 8 + 9, memoryBytes: 2 * 4 * (65 * 8 + 9) },
        },
      },
      {},
    ],
  });
});

test('all data files that cannot be read are told at once, where the pipeline names them', async () => {
  const text = tinyPipeline.replace(
    / {2}ring: .*/,
    `  ring: {type: cifar10, files: [one.bin, two.bin], splits: {train: 400}}
  more: {type: image_folder, path: tiny.yaml, resize: 32, splits: {test: 100}}`,
  );
  await project.write('missing.yaml', text.replace('ring.test', 'more.test'));
  const { code, stdout, stderr } = await project.wassermill(['plan', 'missing.yaml', '--json']);
  expect([code, stderr]).toEqual([2, '']);
  const found = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const { folder } = project;
  expect(found).toMatchObject([
    { type: 'diagnostic', message: `there is no file ${folder}/one.bin`, line: 4, column: 33 },
    { type: 'diagnostic', message: `there is no file ${folder}/two.bin`, line: 4, column: 42 },
    { type: 'diagnostic', message: `${folder}/tiny.yaml is not a folder`, line: 5, column: 36 },
  ]);
});

test('a path that an environment variable gives is mended there', async () => {
  const path = '${env:PICTURES,../none}/all';
  const line = `  ring: {type: image_folder, path: '${path}', resize: 8, splits: {train: 400, test: 100}}`;
  await project.write('pictures.yaml', tinyPipeline.replace(/ {2}ring: .*/, line));
  const { code, stderr } = await project.wassermill(['plan', 'pictures.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain(
    '  help: set the environment variable PICTURES to the folder that holds the data, as in `export PICTURES=/path/to/data`\n',
  );
});

test.each(['plan', 'run'])('%s says what is wrong with the folder of outputs', async (command) => {
  const args = [command, 'tiny.yaml', '--runs', 'tiny.yaml/runs', '--backend', 'cpu'];
  const { code, stderr } = await project.wassermill(args);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: ENOTDIR: .*\n {2}help: a file stands where a folder should be; .*\n$/);
});

test('a dry run refuses what the run would refuse; a plan does not', async () => {
  const page = '\n  page: {type: report, show: [train]}\n';
  const later = await newProject({ 'later.yaml': tinyPipeline.trimEnd() + page });
  try {
    const [plan, dryRun, run] = await Promise.all(
      [['plan'], ['run', '-n'], ['run']].map((command) =>
        later.wassermill([...command, 'later.yaml', '--backend', 'cpu']),
      ),
    );
    expect([plan?.code, dryRun?.code, run?.code]).toEqual([0, 2, 2]);
    expect(dryRun?.stderr).toContain('[no-engine]');
    expect(dryRun).toEqual(run);
  } finally {
    await later.remove();
  }
});

test('how large networks of text are is known once the text is read', async () => {
  const text = tinyPipeline
    .replace(
      / {2}ring: .*/,
      '  ring: {type: text, path: words.txt, tokens: character, length: 4, vocabulary: {max: 9}, splits: {train: 0.8, test: 0.2}}',
    )
    .replace(
      '{type: mlp_generator, z_dim: 2, hidden: [8]}',
      '{type: resnet1d_generator, z_dim: 2, width: 3, blocks: 1}',
    )
    .replace('{type: mlp_critic, hidden: [8]}', '{type: resnet1d_critic, width: 3, blocks: 1}');
  const corpus = await newProject({
    'text.yaml': text.slice(0, text.indexOf('  quality:')),
    'words.txt': 'abba abab baab\n'.repeat(40),
  });
  try {
    const plan = async () => {
      const { stdout, stderr } = await corpus.wassermill(['plan', 'text.yaml', '--backend', 'cpu']);
      expect(stderr).toBe('');
      return stdout;
    };
    expect(await plan()).toContain('  unknown until dataset:ring has run\n');
    const { code, stderr } = await corpus.wassermill(['run', 'text.yaml', '--backend', 'cpu']);
    expect(code, stderr).toBe(0);
    expect(await plan()).toMatch(/train\.critic +\d+ /);
  } finally {
    await corpus.remove();
  }
});

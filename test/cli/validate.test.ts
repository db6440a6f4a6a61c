import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';

import { newProject, tinyPipeline, type Project } from './support.js';

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'tiny.yaml': tinyPipeline, 'empty.yaml': '' });
  await mkdir(join(project.folder, 'folder'));
  await project.write(
    'noise.yaml',
    Uint8Array.from({ length: 100 }, (_, index) => (index * 37 + 200) % 256),
  );
  await project.write('zeros.yaml', new Uint8Array(100));
  await project.write('large.yaml', 'a: b\n'.repeat(300_000));
  await project.write('wrong.yaml', tinyPipeline.replace('lr: 1e-3', 'lr: fast'));
});
afterAll(() => project.remove());

const exampleOfUse = 'name a pipeline file, as in `wassermill run pipelines/quickstart.yaml`';

test.each([
  ['nothing.yaml', 'there is no file nothing.yaml', exampleOfUse],
  ['tinny.yaml', 'there is no file tinny.yaml', 'did you mean tiny.yaml?'],
  ['tiny.yaml/x', 'there is no file tiny.yaml/x', exampleOfUse],
  [
    'folder',
    'there is no .yaml or .yml file in the folder folder',
    'name a folder with pipelines in it; links, node_modules and folders that start with a dot are passed by',
  ],
  ['noise.yaml', 'noise.yaml is not UTF-8 text', 'name the pipeline itself, and save it as UTF-8'],
  ['zeros.yaml', 'zeros.yaml is not text', 'name the pipeline itself'],
  ['large.yaml', 'large.yaml is larger than 1 MiB, which no pipeline is', 'name the pipeline, not its data'],
  ['/dev/zero', '/dev/zero is larger than 1 MiB, which no pipeline is', 'name the pipeline, not its data'],
])('%s is no pipeline', async (file, message, help) => {
  expect(await project.wassermill(['validate', file])).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: ${message} [pipeline-unreadable]\n  help: ${help}\n\n1 error\n`,
  });
});

test('what is valid goes to standard output, what is not to standard error', async () => {
  const { code, stdout, stderr } = await project.wassermill(['validate', 'wrong.yaml', 'tiny.yaml']);
  expect([code, stdout]).toEqual([2, 'tiny.yaml: valid, 2 stages\n']);
  expect(stderr).toBe(`wrong.yaml:17:36: error: \`lr\` must be a number, but "fast" is text [wrong-type]
  17 |     optimizer: {type: rmsprop, lr: fast}
     |                                    ~~~~
  help: write \`lr: 5e-4\`, for example

1 error
`);
});

test('machines get one list, empty where all is well', async () => {
  const json = ['validate', '--format', 'json'];
  expect(await project.wassermill([...json, 'tiny.yaml'])).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  const wrong = await project.wassermill([...json, 'wrong.yaml']);
  expect(wrong).toMatchObject({ code: 2, stderr: '' });
  expect(JSON.parse(wrong.stdout)).toMatchObject([{ code: 'wrong-type', file: 'wrong.yaml', line: 17 }]);
  const github = await project.wassermill(['validate', '--format', 'github', 'wrong.yaml']);
  expect(github.stdout).toMatch(/^::error file=wrong.yaml,line=17,col=36,.*\n$/);
});

describe('a folder', () => {
  beforeAll(async () => {
    for (const folder of ['all/sub/.git', 'all/node_modules/x', 'outside', 'parts/shared'])
      await mkdir(join(project.folder, folder), { recursive: true });
    await project.write('all/b.yaml', tinyPipeline);
    await project.write('all/sub/c.YML', tinyPipeline.replace('lr: 1e-3', 'lr: fast'));
    await project.write('all/a.yaml', tinyPipeline.replace('clip: 0.1', 'clip: -1'));
    await project.write('all/notes.txt', 'no YAML: [');
    for (const hidden of ['all/sub/.git/d.yaml', 'all/node_modules/x/e.yaml', 'outside/f.yaml'])
      await project.write(hidden, 'no YAML: [');
    await symlink('../outside', join(project.folder, 'all/link'));
    await symlink('../outside/f.yaml', join(project.folder, 'all/link.yaml'));
    await symlink('.', join(project.folder, 'all/round'));

    const [head = '', body = ''] = tinyPipeline.split(/(?=datasets:)/);
    await project.write('package.json', '{}');
    await project.write('parts/shared/base.yaml', body);
    await project.write('parts/one.yaml', `extends: shared/base.yaml\n${head}`);
    await project.write('parts/two.yaml', `extends: one.yaml\nname: second\n`);
  });

  it('stands for the files below it, sorted, without links, hidden folders and modules', async () => {
    const { code, stdout, stderr } = await project.wassermill(['validate', 'all']);
    expect(code).toBe(2);
    expect(stdout).toBe('all/b.yaml: valid, 2 stages\n3 files: 1 valid and 2 with errors\n');
    expect(stderr.match(/^\S+: error: .*$/gm)).toEqual([
      expect.stringMatching(/^all\/a.yaml:16:11: .*\[clip-range\]$/),
      expect.stringMatching(/^all\/sub\/c.YML:17:36: .*\[wrong-type\]$/),
    ]);
    expect(stderr).toMatch(/\n2 errors\n$/);
  });

  it('is told in the forms for machines', async () => {
    const json = await project.wassermill(['validate', '--format', 'json', 'all']);
    expect(JSON.parse(json.stdout)).toMatchObject([{ file: 'all/a.yaml' }, { file: 'all/sub/c.YML' }]);
    const github = await project.wassermill(['validate', '--format', 'github', 'all', 'tiny.yaml']);
    expect(github.stdout.match(/file=[^,]*/g)).toEqual(['file=all/a.yaml', 'file=all/sub/c.YML']);
  });

  it('stands for each file once, beside what else is named', async () => {
    const { stdout } = await project.wassermill(['validate', './all/b.yaml', 'all', 'all/sub', 'tiny.yaml']);
    expect(stdout).toBe(
      './all/b.yaml: valid, 2 stages\ntiny.yaml: valid, 2 stages\n4 files: 2 valid and 2 with errors\n',
    );
  });

  it('may hold parts of pipelines, which are not held against the laws of whole ones', async () => {
    expect(await project.wassermill(['validate', 'parts'])).toEqual({
      code: 0,
      stdout: `parts/one.yaml: valid, 2 stages
parts/shared/base.yaml: part of parts/one.yaml and 1 other
parts/two.yaml: valid, 2 stages
3 files: 2 valid and 1 part of others
`,
      stderr: '',
    });
    const alone = await project.wassermill(['validate', 'parts/shared', 'parts/shared/base.yaml']);
    expect(alone.code).toBe(2);
    expect(alone.stderr).toMatch(/\[missing-key\]/);
    const named = await project.wassermill(['validate', 'parts/shared/base.yaml', 'parts']);
    expect(named.code).toBe(2);
  });

  it('tells a mistake in a part once, at its place', async () => {
    const broken = tinyPipeline.replace('batch_size: 16', 'batch_size: 0.5').split(/(?=datasets:)/)[1] ?? '';
    await project.write('parts/shared/base.yaml', broken);
    const { code, stdout, stderr } = await project.wassermill(['validate', 'parts']);
    expect([code, stdout]).toEqual([
      2,
      'parts/shared/base.yaml: part of parts/one.yaml and 1 other\n3 files: 0 valid, 2 with errors and 1 part of others\n',
    ]);
    expect(stderr).toMatch(/^parts\/shared\/base.yaml:16:17: error: /);
    expect(stderr).toMatch(/\n1 error\n$/);
  });

  it.skipIf(process.getuid?.() === 0)('that may not be read is an error (root may read all)', async () => {
    await mkdir(join(project.folder, 'locked'));
    await chmod(join(project.folder, 'locked'), 0);
    const { code, stderr } = await project.wassermill(['validate', 'locked', 'tiny.yaml']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: the folder locked may not be read by/),
    ]);
  });
});

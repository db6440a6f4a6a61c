import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

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
  ['folder', 'folder is a folder', exampleOfUse],
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

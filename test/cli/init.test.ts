import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { schemaNear } from '../../src/cli/schema-place.js';
import { pipelineName, templateNames, templates } from '../../src/cli/templates.js';
import { newProject, type Project } from './support.js';

const root = path.resolve(import.meta.dirname, '../..');

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const init = (...args: readonly string[]) => project.wassermill(['init', ...args]);
const at = (file: string) => path.join(project.folder, file);

test('the list of templates is that of the files', async () => {
  const { code, stdout, stderr } = await init('--list');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(templateNames.map((name) => `${name.padEnd(8)}  ${templates[name]}\n`).join(''));
  const files = readdirSync(path.join(root, 'templates')).map((file) => path.parse(file).name);
  expect(files.toSorted()).toEqual(templateNames.toSorted());
  const { files: shipped } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    files: string[];
  };
  expect(shipped).toContain('templates');
  expect(readdirSync(project.folder)).toEqual([]);
});

test('without arguments it is pipeline.yaml here, named after the folder, with the schema beside it', async () => {
  const { code, stdout, stderr } = await init();
  expect([code, stderr]).toEqual([0, '']);
  const name = path.basename(project.folder).toLowerCase();
  expect(stdout).toBe(`pipeline.yaml: template points, pipeline ${name}
wassermill.schema.json: with it, editors check and complete pipelines

Read it, then:
  wassermill plan pipeline.yaml
  wassermill run pipeline.yaml
`);
  expect(readdirSync(project.folder).toSorted()).toEqual(['pipeline.yaml', 'wassermill.schema.json']);
  expect((await project.wassermill(['validate', 'pipeline.yaml'])).stdout).toBe(
    'pipeline.yaml: valid, 3 stages\n',
  );
});

test('a folder is made, and a file named', async () => {
  expect((await init('my gans', '--template', 'sweep')).stdout).toContain(
    "  wassermill run 'my gans/pipeline.yaml'\n",
  );
  expect(await readFile(at('my gans/pipeline.yaml'), 'utf8')).toContain('\nname: my-gans #');
  await init('deep/er/First Try.yml');
  expect(await readFile(at('deep/er/First Try.yml'), 'utf8')).toContain('\nname: first-try #');
});

test('what is there stays as it is, and nothing is left behind', async () => {
  await project.write('pipeline.yaml', 'mine');
  expect(await init()).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'error: pipeline.yaml is there already, and stays as it is\n  help: name another file, as in `wassermill init other.yaml`\n',
  });
  expect(await readFile(at('pipeline.yaml'), 'utf8')).toBe('mine');
  const inFile = await init('pipeline.yaml/inside');
  expect(inFile).toMatchObject({ code: 1, stdout: '' });
  expect(inFile.stderr).toMatch(/^error: pipeline\.yaml\/inside\/pipeline\.yaml cannot be written: ENOTDIR/);
  expect(readdirSync(project.folder)).toEqual(['pipeline.yaml']);
});

test('an unknown template is refused with the known ones', async () => {
  const { code, stderr } = await init('--template', 'point');
  expect(code).toBe(2);
  expect(stderr).toContain('Allowed choices are points, images, mnist, ablation, sweep.');
});

describe.each(templateNames)('the template %s', (template) => {
  test('is accepted by the schema that it names, wherever it is written', async () => {
    const installed = at('installed/node_modules/wassermill');
    await mkdir(path.join(installed, 'schemas'), { recursive: true });
    const schema = await readFile(path.join(root, 'schemas/pipeline.schema.json'));
    await writeFile(path.join(installed, 'schemas/pipeline.schema.json'), schema);
    for (const file of ['alone/a.yaml', 'installed/pipelines/a.yaml']) {
      expect((await init(file, '--template', template)).code).toBe(0);
      const text = await readFile(at(file), 'utf8');
      const [, named = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
      expect(named).toMatch(/^\.\.?\//);
      const found = JSON.parse(await readFile(path.resolve(at(file), '..', named), 'utf8')) as object;
      const accepts = new Ajv({ strict: false }).compile(found);
      accepts(parse(text));
      expect(accepts.errors ?? []).toEqual([]);
    }
    expect(existsSync(at('installed/pipelines/wassermill.schema.json'))).toBe(false);
  });

  test('cites the paper, and says what to do next', async () => {
    const text = await readFile(path.join(root, `templates/${template}.yaml`), 'utf8');
    expect(text).toMatch(/arXiv 1701\.07875/);
    expect(text).toMatch(/\n# What next:\n(#.*\n)+$/);
  });
});

test('the templates name the schema from where they lie', () => {
  expect(schemaNear(path.join(root, 'templates'))).toBe('../schemas/pipeline.schema.json');
  expect(schemaNear(root)).toBe('./schemas/pipeline.schema.json');
  for (const name of templateNames) {
    expect(readFileSync(path.join(root, `templates/${name}.yaml`), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/schemas\/pipeline\.schema\.json\n/,
    );
  }
});

test('the points are learnt', async () => {
  await init('points.yaml');
  const short = [
    '-S',
    'stages.train.budget.generator_steps=4',
    '-S',
    'stages.train.snapshots.every.generator_steps=2',
  ];
  const small = ['-S', 'stages.quality.samples=50', '-S', 'stages.train.batch_size=16'];
  const { code, stdout } = await project.wassermill([
    'run',
    'points.yaml',
    '--backend',
    'cpu',
    ...short,
    ...small,
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nSucceeded in .*: 4 stages\n/);
  expect(stdout).toMatch(/\n {2}quality\.swd /);
});

test.each([
  ['Mein Versuch', 'mein-versuch'],
  ['MNIST_v2', 'mnist_v2'],
  ['--a.b--', 'a-b'],
  ['é', undefined],
  ['x'.repeat(200), 'x'.repeat(100)],
])('a pipeline in %j is called %j', (text, name) => {
  expect(pipelineName(text)).toBe(name);
});

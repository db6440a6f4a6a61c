import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { newProject, tinyPipeline, type Project } from './support.js';

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'package.json': '{}', 'tiny.yaml': tinyPipeline });
});
afterAll(() => project.remove());

/** Writes the name of every module that a process loads into a file: those that are imported, and those required. */
const hooks = `
import fs from 'node:fs';
export async function load(url, context, next) {
  fs.appendFileSync(process.env.LOADED, url + '\\n');
  return next(url, context);
}`;
const observer = `
import fs from 'node:fs';
import module from 'node:module';
module.register(${JSON.stringify(dataUrl(hooks))});
process.on('exit', () => fs.appendFileSync(process.env.LOADED, Object.keys(module._cache).join('\\n')));`;

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

let commands = 0;

/** The packages that a command loads. */
async function packagesOf(args: readonly string[]): Promise<readonly string[]> {
  const loaded = join(project.folder, `loaded-${(commands += 1)}.txt`);
  const environment = { LOADED: loaded, NODE_OPTIONS: `--import=${dataUrl(observer)}` };
  const { code, stderr } = await project.wassermill(args, { environment });
  expect(code, stderr).toBe(0);
  const names = [...(await readFile(loaded, 'utf8')).matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)];
  return [...new Set(names.map(([, name = '']) => name))];
}

it.each([
  [['validate', 'tiny.yaml']],
  [['config', 'tiny.yaml', '--resolve']],
  [['dag', 'tiny.yaml']],
  [['plan', 'tiny.yaml', '--backend', 'cpu']],
  [['run', 'tiny.yaml', '-n', '--backend', 'cpu']],
])('%s loads no package: what it needs is bundled, the rest is for runs', async (args) => {
  expect(await packagesOf(args)).toEqual([]);
});

// TensorFlow is its workers'.
it('a run loads them, or else the test above would see nothing', async () => {
  const packages = await packagesOf(['run', 'tiny.yaml', '--backend', 'cpu']);
  expect(packages).toEqual(expect.arrayContaining(['pino', 'vega', 'sql.js', 'sharp']));
});

it('a run without work loads none again', async () => {
  expect(await packagesOf(['run', 'tiny.yaml', '--backend', 'cpu'])).toEqual([]);
});

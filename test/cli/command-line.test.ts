import { afterAll, beforeAll, expect, test } from 'vitest';

import { newProject, tinyPipeline, type Project } from './support.js';

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'tiny.yaml': tinyPipeline });
});
afterAll(() => project.remove());

test.each([
  [['bogus'], "error: unknown command 'bogus'"],
  [['rum', 'x'], "error: unknown command 'rum'\n(Did you mean run?)"],
  [['run'], "error: missing required argument 'file'"],
  [['run', 'tiny.yaml', '--job', '2'], "error: unknown option '--job'\n(Did you mean --jobs?)"],
  [['run', 'tiny.yaml', 'b'], "error: too many arguments for 'run'. Expected 1 argument but got 2."],
  [
    ['run', 'tiny.yaml', '-j', '0'],
    "error: option '-j, --jobs <count>' argument '0' is invalid. It must be a whole number above 0.",
  ],
  [
    ['plan', 'tiny.yaml', '--backend', 'tpu'],
    "error: option '--backend <name>' argument 'tpu' is invalid. Allowed choices are native, gpu, cpu.",
  ],
])('%j is refused', async (args, message) => {
  expect(await project.wassermill(args)).toEqual({
    code: 2,
    stdout: '',
    stderr: `${message}\n(see wassermill help)\n`,
  });
});

test('help and version are answers; no command at all is a mistake', async () => {
  expect(await project.wassermill(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  const help = await project.wassermill(['run', '--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('-n, --dry-run ');
  expect(help.stdout).not.toContain('default: false');
  const nothing = await project.wassermill([]);
  expect(nothing).toMatchObject({ code: 2, stdout: '' });
  expect(nothing.stderr).toMatch(/^Usage: wassermill \[options\] \[command\]/);
});

test.each(['init', 'dag', 'show'])('the help of %s says what it takes', async (command) => {
  const { code, stdout } = await project.wassermill([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: wassermill ${command} `));
  expect(stdout).not.toContain('default: false');
});

test('the schema is JSON', async () => {
  const { code, stdout } = await project.wassermill(['schema']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toHaveProperty('$schema');
});

test('an output that cannot be written is an error, and a reader that has gone is none', async () => {
  const main = `${process.execPath} ${new URL('../../dist/cli/main.js', import.meta.url).pathname}`;
  const { spawnSync } = await import('node:child_process');
  const shell = (script: string) =>
    spawnSync('bash', ['-c', script], { cwd: project.folder, encoding: 'utf8' });
  const full = shell(`${main} schema > /dev/full`);
  expect(full.stderr).toBe('error: the output cannot be written: ENOSPC: no space left on device, write\n');
  expect(full.status).toBe(1);
  const gone = shell(`set -o pipefail; ${main} validate tiny.yaml tiny.yaml | true`);
  expect([gone.stderr, gone.status]).toEqual(['', 0]);
});

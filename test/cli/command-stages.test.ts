import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { newProject, type Project } from './support.js';

/** Each stage adds its own letter to what the one before has made, and leaves a trace of having run. */
const chain = `version: 1
name: chain
datasets: {}
architectures: {}
stages:
  a:
    type: command
    run: 'echo a >> ran; cat letter > $WASSERMILL_OUT/text'
    deps: [letter]
    outs: [text]
  b:
    type: command
    run: 'echo b >> ran; (cat $WASSERMILL_IN_BEFORE/text; echo b) > $WASSERMILL_OUT/text'
    inputs: {before: a}
  c:
    type: command
    run:
      - sh
      - -c
      - 'echo c >> ran; wc -l < $WASSERMILL_IN_BEFORE/text > $WASSERMILL_OUT/lines; echo "{\\"lines\\": 2}" > $WASSERMILL_OUT/metrics.json'
    inputs: {before: b}
    metrics: [lines]
  apart: {type: command, run: 'echo apart >> ran'}
`;

async function projectWith(text: string): Promise<Project & { readonly ran: () => Promise<string[]> }> {
  const project = await newProject({ 'chain.yaml': text, letter: 'a\n' });
  let told = 0;
  return {
    ...project,
    /** Stages that ran since the last question. */
    ran: async () => {
      const file = join(project.folder, 'ran');
      const all = existsSync(file) ? (await readFile(file, 'utf8')).split('\n').slice(0, -1) : [];
      return all.slice(told, (told = all.length)).sort();
    },
  };
}

const args = (command: string, ...more: readonly string[]) => [
  command,
  'chain.yaml',
  '--backend',
  'cpu',
  ...more,
];

/** Of each stage, whether `plan` says that it runs. */
async function planned(project: Project): Promise<readonly string[]> {
  const { stdout } = await project.wassermill(args('plan', '--json'));
  const { stages } = JSON.parse(stdout) as { stages: readonly { id: string; runs: boolean }[] };
  return stages
    .filter(({ runs }) => runs)
    .map(({ id }) => id)
    .sort();
}

describe('a chain of commands', () => {
  test('runs once; after an edit, only what it touches, as the plan said', async () => {
    const project = await projectWith(chain);
    try {
      const first = await project.wassermill(args('run'));
      expect([first.code, first.stderr]).toEqual([0, '']);
      expect(first.stdout).toMatch(/c +\d.* lines 2/);
      expect(await project.ran()).toEqual(['a', 'apart', 'b', 'c']);

      const second = await project.wassermill(args('run'));
      expect(second.stdout).toContain('nothing to run; 4 stages cached');
      expect(await project.ran()).toEqual([]);

      await project.write('chain.yaml', chain.replace('echo b)', 'echo B)'));
      expect(await planned(project)).toEqual(['b', 'c']);
      expect((await project.wassermill(args('run'))).code).toBe(0);
      expect(await project.ran()).toEqual(['b', 'c']);

      await project.write('letter', 'A\n');
      expect(await planned(project)).toEqual(['a', 'b', 'c']);
      expect((await project.wassermill(args('run'))).code).toBe(0);
      expect(await project.ran()).toEqual(['a', 'b', 'c']);
    } finally {
      await project.remove();
    }
  });

  test('of which one has no cache: it and its readers run every time, as plan and explain said', async () => {
    const project = await projectWith(chain.replace('  b:\n', '  b:\n    cache: false\n'));
    try {
      await project.wassermill(args('run'));
      expect(await project.ran()).toEqual(['a', 'apart', 'b', 'c']);
      const { stdout } = await project.wassermill(args('plan'));
      expect(stdout).toMatch(/^ {2}b +run: cache: false \(chain\.yaml:12\)$/m);
      expect(stdout).toMatch(/^ {2}c +run: its input b runs$/m);
      expect(stdout).toMatch(/^ {2}a +hit/m);
      const explained = await project.wassermill(args('explain'));
      expect(explained.stdout).toContain('chain.yaml:12:12: cache: false');
      expect(explained.stdout).toContain('2 stages to run, 2 hits');
      expect((await project.wassermill(args('run'))).code).toBe(0);
      expect(await project.ran()).toEqual(['b', 'c']);
    } finally {
      await project.remove();
    }
  });

  test('is refused with --no-commands, at each of them, and nothing runs', async () => {
    const project = await projectWith(chain);
    try {
      for (const command of [args('run', '--no-commands'), args('plan', '--no-commands')]) {
        const { code, stderr } = await project.wassermill(command);
        expect(code).toBe(2);
        expect(stderr).toContain('chain.yaml:8:10: error: the stage `a` runs a command');
        expect(stderr).toContain('4 errors');
      }
      expect(existsSync(join(project.folder, 'runs'))).toBe(false);
      expect(await project.ran()).toEqual([]);
    } finally {
      await project.remove();
    }
  });
});

test('a command that fails says how, and what it wrote; one with a missing file is told of at its place', async () => {
  const text = chain
    .replace("run: 'echo apart >> ran'", "run: 'echo no luck >&2; exit 3', retries: 1")
    .replace('outs: [text]', 'outs: [text, more]');
  const project = await projectWith(text);
  try {
    const { code, stdout, stderr } = await project.wassermill(args('run', '-k'));
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain('apart: attempt 1 ended with exit code 3; the next begins in 1.0 s');
    expect(stdout).toMatch(/apart +ended with exit code 3 after/);
    expect(stdout).toContain('no luck');
    expect(stdout).not.toMatch(/report it|crashed|dist\//);
    expect(stdout).toContain('chain.yaml:10:18: error: the command ended without `more`');
    const [run = ''] = /\d{8}T\d{6}Z-[0-9a-f]{4}/.exec(stdout) ?? [];
    const log = await readFile(join(project.folder, 'runs/history', run, 'log.jsonl'), 'utf8');
    expect(log).toContain('no luck');
    const plan = await readFile(join(project.folder, 'runs/history', run, 'plan.json'), 'utf8');
    expect(plan).not.toContain(project.folder);
  } finally {
    await project.remove();
  }
});

test('a command whose deps change while it runs has no result', async () => {
  const project = await projectWith(chain.replace('echo a >> ran;', 'echo a >> ran; echo more >> letter;'));
  try {
    const { code, stdout } = await project.wassermill(args('run', '-k'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/chain\.yaml:9:12: error: .*letter has changed since this run began/);
    expect(await project.ran()).toEqual(['a', 'apart']);
  } finally {
    await project.remove();
  }
});

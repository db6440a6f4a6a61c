import { existsSync } from 'node:fs';
import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { newProject, pipelineNamed, type Project } from './support.js';

const cpu = ['--backend', 'cpu'];

/** Cell 1 of each of these ends when there is a file `go`. */
const sweep = (name: string, cells: string) => `version: 1
name: ${name}
matrix: {axes: {x: [${cells}]}}
datasets: {}
architectures: {}
stages:
  cell:
    type: command
    run: [sh, -c, 'test \${matrix.x} != 1 || until test -e go; do sleep 0.05; done']
`;

async function withProject(
  files: Readonly<Record<string, string>>,
  use: (
    project: Project & { readonly status: (...args: readonly string[]) => Promise<string> },
  ) => Promise<void>,
): Promise<void> {
  const project = await newProject(files);
  const status = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await project.wassermill(['status', ...args]);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  try {
    await use({ ...project, status });
  } finally {
    await project.remove();
  }
}

/** What `status` says as soon as it says this. */
async function until(status: () => Promise<string>, says: RegExp): Promise<string> {
  let text = '';
  for (let round = 0; round < 100; round += 1) {
    text = await status();
    if (says.test(text)) return text;
    await delay(100);
  }
  expect(text).toMatch(says);
  return text;
}

interface StatusJson {
  readonly under_way: readonly RunJson[];
  readonly past: readonly RunJson[];
}

interface RunJson {
  readonly run: string;
  readonly pipeline: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly process: string;
  readonly stages: readonly { readonly id: string; readonly state: string; readonly waits_for?: string }[];
}

test('where nothing has been run, nothing is under way, and nothing is written', async () => {
  await withProject({}, async ({ status, folder }) => {
    expect(await status()).toBe('Nothing is under way.\n');
    expect(await status('--watch')).toBe('Nothing is under way.\n');
    expect(JSON.parse(await status('--json'))).toEqual({ under_way: [], past: [] });
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });
});

test('two runs under way, one of which waits for the other; a watch ends when they have ended', async () => {
  await withProject({ 'a.yaml': sweep('one', '1, 2'), 'b.yaml': sweep('two', '1, 3') }, async (project) => {
    const { status, wassermill, write } = project;
    const one = wassermill(['run', 'a.yaml', ...cpu, '-j', '2']);
    await until(status, /^ {2}▸ cell@x=1 {2}for .+ s$/m);
    const two = wassermill(['run', 'b.yaml', ...cpu, '-j', '2']);
    const text = await until(status, /2 stages: 1 waiting, 1 done/);
    const lines = text.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const [, run, owner] = /^one {2}(\S+) {2}(process \d+) {2}\S+ s$/m.exec(text) ?? [];
    expect(text).toMatch(/^two {2}\S+ {2}process \d+ {2}\S+ s$/m);
    expect(text).toContain(`  – cell@x=1  waiting for ${owner ?? '?'} (run ${run ?? '?'})\n`);
    expect(text).not.toContain('cell@x=3');

    const { under_way: underWay, past } = JSON.parse(await status('--json')) as StatusJson;
    expect(past).toEqual([]);
    expect(underWay).toMatchObject([
      { run, pipeline: 'one', state: 'under_way', outcome: null, process: owner },
      { pipeline: 'two', stages: [{ state: 'pending', waits_for: owner }, { state: 'succeeded' }] },
    ]);

    const show = await wassermill(['show']);
    expect(show.stdout).toContain(`cell@x=1  waiting for ${owner ?? '?'}`);

    const watches = Promise.all([status('--watch'), status('--watch', '--json')]);
    await delay(1500);
    await write('go', '');
    expect([(await one).code, (await two).code]).toEqual([0, 0]);
    const [watched, jsonLines] = await watches;
    expect(watched).toMatch(/^one {2}/);
    expect(watched).toContain('\n\nNothing is under way.\n\nBefore that\ntwo  ');
    expect(watched).toMatch(/ {2}Succeeded in \S+ s: 2 stages, 1 from the cache\n/);
    const last = jsonLines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as StatusJson);
    expect(last[0]?.under_way).toHaveLength(2);
    expect(last.at(-1)?.under_way).toEqual([]);
    expect(last.at(-1)?.past.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded']);
  });
});

test('a training says how far it is; a run whose process died is told from one that goes on', async () => {
  const long = pipelineNamed('long', 3_000_000).replace('generator_steps: 3}', 'generator_steps: 100000}');
  await withProject({ 'long.yaml': long }, async ({ status, wassermill, folder }) => {
    let kill = (): void => undefined;
    const run = wassermill(['run', 'long.yaml', ...cpu], {
      onOutput: (_text, signal) => (kill = () => signal('SIGKILL')),
    });
    const text = await until(status, /^ {2}▸ train +0% {2}\d+ of 3,000,000 steps {2}for \S+ s.*$/m);
    expect(text).toMatch(/^ {2}3 stages: 1 done, 1 under way, 1 waiting$/m);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    kill();
    await run;
    // In the moment after its first line, a run has no owner yet.
    const dead = await until(status, /died/);
    expect(dead).toMatch(
      /^Nothing is under way\.\n\nBefore that\nlong {2}\S+\n {2}Its process died: 3 stages: 1 done, 1 cut short, 1 not run; the next run goes\n {2}on from there\n$/,
    );
    expect(await status('--watch')).toBe(dead);

    const [name = ''] = await readdir(join(folder, 'runs/history'));
    await appendFile(join(folder, 'runs/history', name, 'journal.jsonl'), 'no event\n');
    expect(await status()).toContain(`${name}\n  its journal is damaged, and says nothing\n`);
  });
});

test('only the last runs are told of', async () => {
  await withProject({ 'a.yaml': sweep('one', '2, 3') }, async ({ status, wassermill }) => {
    for (let count = 0; count < 6; count += 1) {
      expect((await wassermill(['run', 'a.yaml', ...cpu, '-f'])).code).toBe(0);
    }
    const { past } = JSON.parse(await status('--json')) as StatusJson;
    const names = past.map(({ run }) => run);
    expect(names).toHaveLength(5);
    expect(names).toEqual(names.toSorted().toReversed());
    expect(required(past[0], 'the newest').state).toBe('ended');
  });
});

import { appendFile, cp, mkdir, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { lockDigest, type LockContent } from '../../../src/cli/lock/contract.js';
import { digestBytes } from '../../../src/base/digest.js';
import { newProject, steady, tinyPipeline, type Project } from '../support.js';

const cpu = ['--backend', 'cpu'];
const over = 'extends: tiny.yaml\nseeds: [1, 2]\n';
const pictures = tinyPipeline
  .replace(
    /ring: \{.*/,
    "digits: {type: idx, images: '${env:DIGITS,data}/a.gz', resize: 8, splits: {train: 400, test: 100}}",
  )
  .replaceAll('ring.', 'digits.');

let project: Project;
beforeAll(async () => {
  project = await newProject({ 'package.json': '{}', 'tiny.yaml': tinyPipeline, 'over.yaml': over });
  await mkdir(join(project.folder, 'data'));
  await mkdir(join(project.folder, 'locks'));
  await project.write('data/a.gz', 'pixels');
  await project.write('pictures.yaml', pictures);
});
afterAll(() => project.remove());

const freeze = (file: string, lock: string, ...flags: string[]) =>
  project.wassermill(['plan', file, '--out', lock, ...cpu, ...flags]);

interface LockFile {
  digest: string;
  version: unknown;
  content: LockContent;
}

async function lockAt(file: string): Promise<LockFile> {
  return JSON.parse(await readFile(join(project.folder, file), 'utf8')) as LockFile;
}

/** Writes a lock that says something else, and stands by it. */
async function forge(from: string, to: string, change: (content: LockContent) => unknown): Promise<void> {
  const lock = await lockAt(from);
  const content = change(lock.content) as LockContent;
  await project.write(to, JSON.stringify({ ...lock, content, digest: lockDigest(content) }));
}

describe('a frozen plan', () => {
  test('is run as it was frozen, whatever becomes of its files', async () => {
    const changes = ['-S', 'stages.train.budget.generator_steps=3', '-S', '~stages.quality'];
    const frozen = await freeze('over.yaml', 'locks/over.lock', ...changes);
    expect([frozen.code, frozen.stderr]).toEqual([0, '']);
    expect(frozen.stdout).toMatch(/\nFrozen: wassermill run --plan locks\/over\.lock\n$/);
    const keys = (await lockAt('locks/over.lock')).content.stages.map(({ id, key }) => [id, key]);
    expect(keys.map(([id]) => id)).toEqual(['dataset:ring', 'train@seed=1', 'train@seed=2']);

    await project.write('tiny.yaml', tinyPipeline.replace('batch_size: 16', 'batch_size: 8'));
    await rm(join(project.folder, 'over.yaml'));
    const dry = await project.wassermill(['run', '-n', '--plan', 'locks/over.lock']);
    expect(steady(dry.stdout)).toContain(
      '  dataset:ring  run: never ran\n  train@seed=1  run: never ran\n  train@seed=2  run: never ran\n',
    );

    const ran = await project.wassermill(['run', '--plan', 'locks/over.lock', '-j', '2', '--json']);
    expect(ran.code).toBe(0);
    const [run = ''] = await readdir(join(project.folder, 'runs/history'));
    const record = async (file: string) => readFile(join(project.folder, 'runs/history', run, file), 'utf8');
    const plan = JSON.parse(await record('plan.json')) as LockContent;
    expect(plan.stages.map(({ id, key }) => [id, key])).toEqual(keys);
    expect(await record('resolved.yaml')).toContain('batch_size: 16\n');
    const { digest } = await lockAt('locks/over.lock');
    expect(JSON.parse((await record('journal.jsonl')).split('\n')[0] ?? '')).toMatchObject({
      provenance: { lock: { file: 'locks/over.lock', digest }, pipelineFile: 'locks/over.lock:../over.yaml' },
    });
    expect(await record('report.html')).toContain('wassermill run --plan locks/over.lock');

    await project.write('tiny.yaml', tinyPipeline);
    await project.write('over.yaml', over);
  });

  test('says the same whenever it is frozen, and nothing of the machine', async () => {
    const again = async (lock: string) => {
      expect((await freeze('pictures.yaml', lock)).code).toBe(0);
      return readFile(join(project.folder, lock), 'utf8');
    };
    const text = await again('pictures.lock');
    expect(await again('pictures.lock')).toBe(text);
    expect(text).not.toContain(project.folder);
    expect((await lockAt('pictures.lock')).content.sources).toEqual([
      {
        stage: 'dataset:digits',
        field: ['images'],
        path: '${env:DIGITS,data}/a.gz',
        digest: digestBytes('pixels'),
      },
    ]);
  });

  test('holds in another folder with its project, and where the environment names the data', async () => {
    await freeze('pictures.yaml', 'locks/pictures.lock');
    const copy = join(project.folder, 'copy');
    await cp(join(project.folder, 'locks'), join(copy, 'locks'), { recursive: true });
    await cp(join(project.folder, 'data'), join(copy, 'data'), { recursive: true });
    const plan = ['plan', '--plan', 'locks/pictures.lock'];
    expect((await project.wassermill(plan, { directory: copy })).code).toBe(0);
    await rm(join(copy, 'data'), { recursive: true });
    const missing = await project.wassermill(plan, { directory: copy });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain(`locks/pictures.lock:../pictures.yaml:4:`);
    expect(missing.stderr).toContain(`error: there is no file ${copy}/data/a.gz [data-unreadable]`);
    const environment = { DIGITS: join(project.folder, 'data') };
    expect((await project.wassermill(plan, { directory: copy, environment })).code).toBe(0);
  });
});

describe('is refused, all reasons at once and nothing written,', () => {
  test('where code, data, the library and the language are others', async () => {
    const before = await readdir(join(project.folder, 'runs/history')).catch(() => []);
    await freeze('pictures.yaml', 'good.lock');
    await forge('good.lock', 'old.lock', (content) => ({
      ...content,
      wassermill: '0.0.1',
      backendVersion: '1.0.0',
      implementations: { ...content.implementations, train: digestBytes('old code') },
      sources: content.sources.map((source) => ({ ...source, digest: digestBytes('old data') })),
      stages: [
        ...content.stages.map((stage) => {
          if (stage.id !== 'train') return stage;
          const { threads, ...fields } = stage.fields;
          return { ...stage, fields: { ...fields, lipschitz: { type: 'none' }, epochs: 1 } };
        }),
        { id: 'other', kind: 'train', key: digestBytes(''), fields: {} },
      ],
    }));
    const { code, stdout, stderr } = await project.wassermill(['run', '--plan', 'old.lock']);
    expect([code, stdout]).toEqual([2, '']);
    for (const problem of [
      'error: tfjs was 1.0.0 when the plan was frozen, and is 4.22.0 [plan-changed]',
      'error: the code of train stages has changed since the plan was frozen: `train` and `other` [plan-changed]',
      `old.lock:pictures.yaml:4:31: error: the content of ${project.folder}/data/a.gz has changed since the plan was frozen`,
      'error: this release no longer finds `other` in the plan [plan-changed]',
      'error: `stages.train.lipschitz.type` is `"clip"`, and was `"none"` when the plan was frozen [plan-changed]',
      'error: `stages.train.threads` is `2`, and was not there when the plan was frozen [plan-changed]',
      'error: `stages.train.epochs` is gone, and was `1` when the plan was frozen [plan-changed]',
      '10 errors',
      'help: use Wassermill 0.0.1, which froze it, or freeze the plan anew',
    ]) {
      expect(stderr).toContain(problem);
    }
    expect(await readdir(join(project.folder, 'runs/history')).catch(() => [])).toEqual(before);
  });

  test('where the data has changed, at the field that names it', async () => {
    await freeze('pictures.yaml', 'data.lock');
    await project.write('data/a.gz', 'other pixels');
    const { code, stdout } = await project.wassermill(['run', '-n', '--plan', 'data.lock', '--json']);
    await project.write('data/a.gz', 'pixels');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'diagnostic',
      code: 'plan-changed',
      file: 'data.lock:pictures.yaml',
      line: 4,
      message: `the content of ${project.folder}/data/a.gz has changed since the plan was frozen`,
    });
  });

  test('where only the keys are others', async () => {
    await freeze('tiny.yaml', 'keys.lock');
    await forge('keys.lock', 'keys.lock', (content) => ({
      ...content,
      stages: content.stages.map((stage) => ({ ...stage, key: digestBytes(stage.key) })),
    }));
    const { code, stderr } = await project.wassermill(['plan', '--plan', 'keys.lock']);
    expect(code).toBe(2);
    expect(stderr).toContain('error: this release gives stages other keys than the one that froze the plan');
  });

  test('where it is no whole frozen plan', async () => {
    await freeze('tiny.yaml', 'whole.lock');
    const text = await readFile(join(project.folder, 'whole.lock'), 'utf8');
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const files = {
      'is cut off or damaged: it is not JSON': text.slice(0, -40),
      'is not a frozen plan': '{"format": "other"}',
      'is not a frozen plan ': 'version: 1\n',
      'is a frozen plan of version 7, and this release knows version 1': text.replace(
        '"version": 1',
        '"version": 7',
      ),
      'has been changed since it was written': text.replace('clip: 0.1', 'clip: 0.2'),
      'lacks its content or its digest':
        '{"format": "wassermill-lock", "version": 1, "digest": "x", "content": {}}',
      'is nested deeper than any frozen plan': text.replace('"sources": []', `"sources": ${deep}`),
      'is nested deeper than any frozen plan ': text.replace('"sources": []', '"sources": 1e999'),
    };
    for (const [fault, content] of Object.entries(files)) {
      await project.write('bad.lock', content);
      const { code, stdout, stderr } = await project.wassermill(['run', '--plan', 'bad.lock']);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`error: bad.lock ${fault.trimEnd()}`);
      expect(stderr).toContain('[lock-unreadable]');
    }
    await forge('whole.lock', 'bad.lock', (content) => ({ ...content, stages: [{ id: 5 }] }));
    expect((await project.wassermill(['run', '--plan', 'bad.lock'])).stderr).toContain(
      'error: bad.lock is no frozen plan of this release: /stages/0 must have required property',
    );
    const proto = (content: LockContent): unknown => ({
      ...content,
      implementations: JSON.parse('{"__proto__": {"train": 1}}') as unknown,
    });
    await forge('whole.lock', 'bad.lock', proto);
    expect((await project.wassermill(['run', '--plan', 'bad.lock'])).code).toBe(2);
    const none = await project.wassermill(['run', '--plan', 'whol.lock']);
    expect(none.stderr).toContain(
      'error: there is no file whol.lock [lock-unreadable]\n  help: did you mean whole.lock?',
    );
  });
});

describe('freezing', () => {
  test('writes over no file but a frozen plan, and only into a folder', async () => {
    for (const file of ['tiny.yaml', 'data', 'link.lock']) {
      if (file === 'link.lock') await symlink('tiny.yaml', join(project.folder, file));
      const { code, stderr } = await freeze('tiny.yaml', file);
      expect(code).toBe(2);
      expect(stderr).toContain(`error: ${file} is there already, and is not a frozen plan [lock-unwritable]`);
    }
    expect(await readFile(join(project.folder, 'tiny.yaml'), 'utf8')).toBe(tinyPipeline);
    const nowhere = await freeze('tiny.yaml', 'none/plan.lock', '--json');
    expect(nowhere.code).toBe(2);
    expect(nowhere.stdout).toContain('none/plan.lock cannot be written: there is no folder none');
    await project.write('cut.lock', '{\n"format": "wassermill-lock",\n"ver');
    expect((await freeze('tiny.yaml', 'cut.lock')).code).toBe(0);
    await appendFile(join(project.folder, 'cut.lock'), ' ');
    expect((await project.wassermill(['plan', '--plan', 'cut.lock'])).code).toBe(0);
  });

  test('writes nothing where the pipeline is wrong', async () => {
    const { code } = await freeze('tiny.yaml', 'wrong.lock', '-S', 'stages.train.clip=fast');
    expect(code).toBe(2);
    expect(await readdir(project.folder)).not.toContain('wrong.lock');
  });
});

test.each([
  [['run', '--plan', 'a.lock', 'tiny.yaml'], '--plan takes the place of a file: a frozen plan holds its own'],
  [
    ['run', '--plan', 'a.lock', '-S', 'a=1'],
    "option '--plan <lock>' cannot be used with option '-S, --set <assignment>'",
  ],
  [
    ['plan', '--plan', 'a.lock', ...cpu],
    "option '--plan <lock>' cannot be used with option '--backend <name>'",
  ],
  [
    ['plan', '--plan', 'a.lock', '--out', 'b.lock'],
    "option '--plan <lock>' cannot be used with option '--out <lock>'",
  ],
])('%j is refused', async (args, message) => {
  expect(await project.wassermill(args)).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: ${message}\n(see wassermill help)\n`,
  });
});

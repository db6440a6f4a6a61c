import { access, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import initSqlJs, { type SqlValue } from 'sql.js';
import { describe, expect, it } from 'vitest';

import { acquire } from '../../src/files/process-lock.js';
import { updateBundle } from '../../src/tracking/bundle/bundle.js';
import { bundleRunId } from '../../src/tracking/bundle/layout.js';
import { ownershipOf } from '../../src/tracking/history.js';
import { sampleRun, startTime, temporaryFolder } from './support.js';

const second = { run: '20261123T193501Z-aaaa', time: startTime + 3_600_000 };

async function rows(runs: string, query: string): Promise<SqlValue[][]> {
  const sql = await initSqlJs();
  const database = new sql.Database(await readFile(join(runs, 'mlflow', 'mlflow.db')));
  const [result] = database.exec(query);
  database.close();
  return result?.values ?? [];
}

const names = 'SELECT name, status FROM runs ORDER BY start_time';

describe('updateBundle', () => {
  it('adds each run once, and later runs to what is there', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs);
    const first = await updateBundle(runs);
    expect(first).toMatchObject({ problems: [], readers: [] });
    expect(first.added.map(({ id, experimentId }) => [id, experimentId])).toEqual([
      ['20261123T183501Z-3f9a', '1'],
    ]);
    expect((await updateBundle(runs)).added).toEqual([]);
    await sampleRun(runs, { ...second, train: 'failed' });
    await sampleRun(runs, { ...second, run: '20261123T203501Z-bbbb', pipeline: 'other' });
    expect((await updateBundle(runs)).added.map(({ experimentId }) => experimentId)).toEqual(['1', '2']);
    expect((await rows(runs, names)).flat()).toEqual([
      '20261123T183501Z-3f9a',
      'FINISHED',
      '20261123T193501Z-aaaa',
      'FAILED',
      '20261123T203501Z-bbbb',
      'FINISHED',
    ]);
    expect(await rows(runs, 'SELECT count(*) FROM datasets')).toEqual([[4]]);
    expect(await rows(runs, 'PRAGMA foreign_key_check')).toEqual([]);
  });

  it('keeps the latest of each metric by step, then time, then value', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs, { steps: 65 });
    await updateBundle(runs);
    const latest = `SELECT key, step, value, is_nan FROM latest_metrics ORDER BY key`;
    expect(await rows(runs, latest)).toEqual([
      ['quality/modes', 60, 8, 0],
      ['quality/swd', 60, 0.1 + 0.2, 0],
      ['train/hard', 65, 0, 1],
      ['train/wasserstein_estimate', 65, 2 * Math.exp(-65 / 20) + 0.05 * Math.sin(65), 0],
    ]);
  });

  it('copies artifacts, so that the cache may go', async () => {
    const runs = await temporaryFolder();
    const { record } = await sampleRun(runs);
    await updateBundle(runs);
    await rm(join(runs, 'store'), { recursive: true });
    const folder = join(runs, 'mlflow', 'mlartifacts', '1', bundleRunId(record.start.run), 'artifacts');
    const model = join(folder, 'train-generator');
    expect(await readFile(join(model, 'generator.bin'))).toEqual(Buffer.of(1, 2, 3, 0, 255));
    expect((await readdir(model)).sort()).toEqual([
      'MLmodel',
      'generator.bin',
      'model.json',
      'networks.json',
    ]);
    expect(await readFile(join(model, 'MLmodel'), 'utf8')).toContain('artifact_path: train-generator');
    expect(await readFile(join(folder, 'resolved.yaml'), 'utf8')).toContain('eight-gaussians');
    expect((await updateBundle(runs, new Set([record.start.run]))).problems).toEqual([]);
    await expect(access(model)).rejects.toThrow('ENOENT');
  });

  it('shows a run whose process died as killed, and leaves one under way alone', async () => {
    const runs = await temporaryFolder();
    const { directory } = await sampleRun(runs, { train: 'killed', steps: 30 });
    const release = await acquire(ownershipOf(directory));
    expect((await updateBundle(runs)).added).toEqual([]);
    await release();
    expect((await updateBundle(runs)).added).toHaveLength(1);
    const ends = 'SELECT status, end_time - start_time FROM runs';
    expect(await rows(runs, ends)).toEqual([['KILLED', 4000]]);
  });

  it('takes a run whose journal is damaged for a problem, and the others in', async () => {
    const runs = await temporaryFolder();
    const { directory } = await sampleRun(runs);
    await sampleRun(runs, second);
    await writeFile(join(directory, 'journal.jsonl'), 'no JSON\n{}\n');
    const { problems, added } = await updateBundle(runs);
    expect(problems).toEqual([expect.stringMatching(/^run 20261123T183501Z-3f9a is not in .*: line 1 of /)]);
    expect(added).toHaveLength(1);
  });

  it.each([
    ['is damaged', (bytes: Buffer) => bytes.fill(0x55, 5000)],
    ['is no database', () => Buffer.from('something else')],
  ])('is made anew from the journals where the database %s', async (_name, spoil) => {
    const runs = await temporaryFolder();
    await sampleRun(runs);
    await updateBundle(runs);
    const path = join(runs, 'mlflow', 'mlflow.db');
    await writeFile(path, spoil(await readFile(path)));
    await sampleRun(runs, second);
    const { problems, added } = await updateBundle(runs);
    expect(problems).toEqual([expect.stringContaining('was made anew')]);
    expect(added).toHaveLength(2);
    expect(await rows(runs, names)).toHaveLength(2);
    expect((await stat(path.replace('.db', '.previous.db'))).isFile()).toBe(true);
  });

  it('loses no run when two processes end at once', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs);
    await sampleRun(runs, second);
    const updates = await Promise.all([updateBundle(runs), updateBundle(runs)]);
    expect(updates.flatMap(({ added }) => added)).toHaveLength(2);
    expect(await rows(runs, names)).toHaveLength(2);
  });
});

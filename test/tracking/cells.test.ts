import { describe, expect, it } from 'vitest';

import { recordOf } from '../../src/execute/record.js';
import { cellsOf } from '../../src/tracking/tracked/cells.js';
import { trackedExperimentOf } from '../../src/tracking/tracked/experiment.js';
import type { TrackedRun } from '../../src/tracking/tracked/types.js';
import { sampleEvents, startTime, sweepEvents, temporaryFolder } from './support.js';

async function tracked(failing?: string): Promise<ReadonlyMap<string, TrackedRun>> {
  const record = recordOf(await sweepEvents(await temporaryFolder(), failing));
  return new Map(trackedExperimentOf(record, '/runs/history/one').runs.map((run) => [run.name, run]));
}

const run = '20261123T183501Z-3f9a';
const paramsOf = (tracked?: TrackedRun) =>
  Object.fromEntries((tracked?.params ?? []).map(({ key, value }) => [key, value]));

describe('a run of arms and seeds', () => {
  it('is a tree: the whole, its arms, their seeds', async () => {
    const runs = await tracked();
    expect([...runs.keys()]).toEqual([
      run,
      'arm=clip',
      'arm=penalty',
      'arm=clip,seed=1',
      'arm=clip,seed=2',
      'arm=penalty,seed=1',
      'arm=penalty,seed=2',
    ]);
    const nameOf = new Map([...runs.values()].map(({ id, name }) => [id, name]));
    expect(nameOf.size).toBe(7);
    const parents = [...runs.values()].map(({ parent }) => parent && nameOf.get(parent));
    expect(parents).toEqual([undefined, run, run, 'arm=clip', 'arm=clip', 'arm=penalty', 'arm=penalty']);
  });

  it('has every param once on the way down, where it begins to make a difference', async () => {
    const runs = await tracked();
    const [whole, arm, seed] = [run, 'arm=penalty', 'arm=penalty,seed=2'].map((name) =>
      paramsOf(runs.get(name)),
    );
    expect(whole).toMatchObject({
      'train.objective.type': 'wasserstein',
      'train.budget.generator_steps': '60',
    });
    expect(whole).not.toHaveProperty(['train.seed']);
    expect(whole).not.toHaveProperty(['train.batch_size']);
    expect(arm).toEqual({ arm: 'penalty', 'train.batch_size': '128' });
    expect(seed).toEqual({ arm: 'penalty', seed: '2', 'train.seed': '2', 'quality.seed': '2' });
  });

  it('has each metric once, under one key in all cells', async () => {
    const runs = await tracked();
    const metrics = [...runs.values()].map((each) => [...each.metrics].map(({ key, value }) => [key, value]));
    expect(metrics).toEqual([
      [],
      [['summary/value', 5]],
      [['summary/value', 10]],
      ...[1, 3, 6, 8].map((first) => [
        ['train/value', first],
        ['quality/value', first + 1],
      ]),
    ]);
  });

  it('has the table of all in the whole, and of what is below in an arm', async () => {
    const runs = await tracked();
    const rowsOf = (name: string) => {
      const table = runs.get(name)?.artifacts.find(({ path }) => path === 'metrics.json')?.source;
      return table?.kind === 'text' ? (JSON.parse(table.text) as { data: unknown[][] }).data : [];
    };
    expect(rowsOf(run)).toHaveLength(10);
    expect(rowsOf('arm=clip').map(([stage]) => stage)).toEqual([
      'train@arm=clip,seed=1',
      'quality@arm=clip,seed=1',
      'train@arm=clip,seed=2',
      'quality@arm=clip,seed=2',
      'summary@arm=clip',
    ]);
    expect(runs.get('arm=clip')?.artifacts.map(({ path }) => path)).toEqual(['metrics.json']);
  });

  it('has the data that each cell read', async () => {
    const runs = await tracked();
    for (const name of [run, 'arm=clip', 'arm=clip,seed=1'])
      expect(runs.get(name)?.datasets.map(({ dataset }) => dataset.name)).toEqual([
        'ring.train',
        'ring.test',
      ]);
  });

  it('has times and an outcome for each cell, whatever became of the others', async () => {
    const runs = await tracked('arm=clip,seed=2');
    const statuses = [...runs.values()].map(({ status }) => status);
    expect(statuses).toEqual(['FAILED', 'FAILED', 'FINISHED', 'FINISHED', 'FAILED', 'FINISHED', 'FINISHED']);
    // Its training is the fourth stage to begin, its evaluation the fifth.
    expect(runs.get('arm=clip,seed=2')).toMatchObject({
      startTime: startTime + 3000,
      endTime: startTime + 4500,
    });
  });

  it('ends with the run in a cell that broke off, whatever had ended in it before', async () => {
    const events = await sweepEvents(await temporaryFolder());
    const cut = events.findIndex(
      (event) => event.type === 'stage_started' && event.stage === 'quality@arm=clip,seed=1',
    );
    const record = recordOf([
      ...events.slice(0, cut + 1),
      { type: 'run_finished', time: startTime + 60_000, outcome: 'interrupted' },
    ]);
    const runs = new Map(trackedExperimentOf(record, '/r').runs.map((run) => [run.name, run]));
    expect(runs.get('arm=clip,seed=1')).toMatchObject({
      status: 'KILLED',
      startTime: startTime + 1000,
      endTime: startTime + 60_000,
    });
  });

  it('is under way in those cells that are not over', async () => {
    const events = await sweepEvents(await temporaryFolder());
    const broken = events.slice(
      0,
      events.findIndex((event) => 'stage' in event && event.stage.includes('penalty')),
    );
    const record = recordOf(broken);
    const statuses = trackedExperimentOf(record, '/r').runs.map(({ status, endTime }) => [
      status,
      endTime !== undefined,
    ]);
    expect(statuses).toEqual([
      ['RUNNING', false],
      ['FINISHED', true],
      ['RUNNING', false],
      ['FINISHED', true],
      ['FINISHED', true],
      ['RUNNING', false],
      ['RUNNING', false],
    ]);
  });
});

it('a stage that only one arm has is told of in that arm', async () => {
  const record = recordOf(await sweepEvents(await temporaryFolder()));
  const extra = record.stages
    .filter(({ stage }) => stage.id.startsWith('quality@arm=clip'))
    .map((stage) => ({
      ...stage,
      stage: { ...stage.stage, id: stage.stage.id.replace('quality', 'extra') as typeof stage.stage.id },
    }));
  const { runs } = trackedExperimentOf({ ...record, stages: [...record.stages, ...extra] }, '/r');
  const owners = runs.filter(({ params }) => params.some(({ key }) => key === 'extra.samples'));
  expect(owners.map(({ name }) => name)).toEqual(['arm=clip']);
});

it('seeds stay below their arm where another stage depends on the seed alone', async () => {
  const record = recordOf(await sweepEvents(await temporaryFolder()));
  const alone = [1, 2].map((seed) => ({
    ...record.stages[1],
    stage: { ...record.stages[1]?.stage, id: `baseline@seed=${seed}`, axes: { seed } },
  })) as unknown as typeof record.stages;
  const cells = cellsOf({ ...record, stages: [...record.stages, ...alone] });
  const parents = new Map(cells.map(({ name, parent }) => [name, parent?.name]));
  expect(parents.get('arm=clip,seed=1')).toBe('arm=clip');
  expect(parents.get('seed=1')).toBe('');
});

it('a run without axes is one run', async () => {
  const record = recordOf(await sampleEvents(await temporaryFolder()));
  expect(cellsOf(record)).toMatchObject([{ name: '', id: run, parent: undefined }]);
});

it('a point of a matrix lies in the smallest cell around it', async () => {
  const record = recordOf(await sweepEvents(await temporaryFolder()));
  const [first] = record.stages;
  const at = (axes: Record<string, number>) => ({
    ...first,
    stage: { ...first?.stage, id: JSON.stringify(axes), axes },
  });
  const stages = [{ a: 1 }, { b: 2 }, { a: 1, b: 2 }, { a: 1, c: 3, seed: 4 }].map(at);
  const cells = cellsOf({ ...record, stages: stages as unknown as typeof record.stages });
  expect(cells.map(({ name, parent }) => [name, parent?.name])).toEqual([
    ['', undefined],
    ['a=1', ''],
    ['b=2', ''],
    ['a=1,b=2', 'a=1'],
    ['a=1,c=3', 'a=1'],
    ['a=1,c=3,seed=4', 'a=1,c=3'],
  ]);
});

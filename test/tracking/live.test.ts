import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { RunEvent } from '../../src/execute/events.js';
import { syncRuns } from '../../src/tracking/replay/sync.js';
import { type FakeMlflow, fakeMlflow } from './fake-mlflow.js';
import { afterwards, byName, client, comparable, finish, follow, until } from './followed.js';
import { faults } from './faults.js';
import { sampleEvents, startTime, sweepEvents, temporaryFolder, writeRun, writeRunFiles } from './support.js';

describe('a run under way', () => {
  it('is on the server as far as it has come, and in the end just as if it had been sent then', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    const events = await sampleEvents(join(runs, 'store'), { steps: 100 });
    for (const event of events.slice(0, 60)) tracking.accept(event);
    await until(() => (server.state().runs[0]?.metrics.size ?? 0) > 0);
    const early = server.state().runs[0];
    expect(early).toMatchObject({ status: 'RUNNING' });
    expect(early?.tags.get('mlflow.note.content')).toContain('| train | under way |');
    for (const event of events.slice(60)) tracking.accept(event);
    await finish(followed);
    expect(comparable(server.state())).toEqual(await afterwards(runs, events));
    expect(server.state().runs[0]?.status).toBe('FINISHED');
    // None was sent twice.
    expect(server.arrived()).toBe(100 * 2 + 2);
  });

  it('waits for no server: what was not taken comes later', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    server.beDown(true);
    const events = await sampleEvents(join(runs, 'store'));
    for (const event of events.slice(0, 40)) tracking.accept(event);
    await wait(150);
    expect(server.state().runs).toEqual([]);
    server.beDown(false);
    await until(() => (server.state().runs[0]?.metrics.size ?? 0) > 0);
    server.beDown(true);
    for (const event of events.slice(40)) tracking.accept(event);
    await wait(60);
    server.beDown(false);
    await finish(followed);
    expect(comparable(server.state())).toEqual(await afterwards(runs, events));
  });

  it('is left to a later sync where the server is gone at the end', async () => {
    const runs = await temporaryFolder();
    const { server, tracking, runDirectory } = await follow(runs);
    const events = await sampleEvents(join(runs, 'store'));
    for (const event of events.slice(0, 40)) tracking.accept(event);
    await until(() => (server.state().runs[0]?.metrics.size ?? 0) > 0);
    server.beDown(true);
    for (const event of events.slice(40)) tracking.accept(event);
    await writeRunFiles(runDirectory);
    expect((await tracking.close()).problems).toEqual([expect.stringContaining('not on the MLflow server')]);
    server.beDown(false);
    expect(await syncRuns(runs, server.url, client)).toMatchObject({ problems: [], there: [] });
    expect(comparable(server.state())).toEqual(await afterwards(runs, events));
  });

  it('has the parts of a sweep that are over whole, and none that has not begun', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    const events = await sweepEvents(join(runs, 'store'));
    const middle = events.findIndex((event) => 'stage' in event && event.stage === 'quality@arm=clip,seed=2');
    for (const event of events.slice(0, middle)) tracking.accept(event);
    await until(() => server.state().runs.some(({ status }) => status === 'FINISHED'));
    await until(() => (byName(server.state()).get('arm=clip,seed=2')?.metrics.size ?? 0) > 0);
    const early = byName(server.state());
    expect([...early].map(([name, { status }]) => [name, status])).toEqual([
      ['20261123T183501Z-3f9a', 'RUNNING'],
      ['arm=clip', 'RUNNING'],
      ['arm=clip,seed=1', 'FINISHED'],
      ['arm=clip,seed=2', 'RUNNING'],
    ]);
    expect([...(early.get('arm=clip,seed=1')?.artifacts.keys() ?? [])]).toEqual(['metrics.json']);
    for (const event of events.slice(middle)) tracking.accept(event);
    await finish(followed);
    expect(comparable(server.state())).toEqual(await afterwards(runs, events));
    expect(server.arrived()).toBe(10);
  });

  it('says nothing of a stage that may be tried again before it has ended', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    const [started, ...events] = await sampleEvents(join(runs, 'store'), { failedAttempts: 1 });
    const withRetries = {
      ...started,
      stages: (started as Extract<RunEvent, { type: 'run_started' }>).stages.map((stage) =>
        stage.kind === 'train' ? { ...stage, policy: { retries: 1 } } : stage,
      ),
    } as RunEvent;
    const end = events.findIndex((event) => event.type === 'stage_succeeded' && event.stage === 'train');
    tracking.accept(withRetries);
    for (const event of events.slice(0, end)) tracking.accept(event);
    await until(() => server.state().runs.length > 0);
    await wait(100);
    expect(server.arrived()).toBe(0);
    for (const event of events.slice(end)) tracking.accept(event);
    await finish(followed);
    expect(comparable(server.state())).toEqual(await afterwards(runs, [withRetries, ...events]));
  });

  it('hangs a part that came from the cache below its arm, whenever that begins', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    const events = await sweepEvents(join(runs, 'store'));
    const isCached = (event: RunEvent) => 'stage' in event && event.stage.endsWith('@arm=penalty,seed=1');
    const cached = events
      .filter((event) => isCached(event) && event.type !== 'stage_started')
      .map((event) => (event.type === 'stage_succeeded' ? { ...event, cached: true } : event));
    const others = events.filter((event) => !isCached(event));
    // All that is cached is known at once; the first training then takes its time.
    const all = [...others.slice(0, 3), ...cached, ...others.slice(3)];
    const cut = 3 + cached.length + 2;
    for (const event of all.slice(0, cut)) tracking.accept(event);
    await until(() => byName(server.state()).has('arm=clip,seed=1'));
    await wait(60);
    for (const event of all.slice(cut)) tracking.accept(event);
    await finish(followed);
    expect(comparable(server.state())).toEqual(await afterwards(runs, all));
    const [child] = comparable(server.state()).filter(({ name }) => name === 'arm=penalty,seed=1');
    expect(child?.parent).toBe('arm=penalty');
  });

  it('ends a part that is not run when that is known', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    const failing = await sweepEvents(join(runs, 'store'), 'arm=clip,seed=1');
    const after = 'quality@arm=clip,seed=1';
    const at = failing.findIndex((event) => 'stage' in event && event.stage === after);
    const notRun = {
      type: 'stage_not_run',
      time: startTime + 2600,
      stage: after,
      because: { failed: 'train@arm=clip,seed=1' },
    } as unknown as RunEvent;
    const others = failing.filter((event) => !('stage' in event) || event.stage !== after);
    const all = [...others.slice(0, at), notRun, ...others.slice(at)];
    for (const event of all.slice(0, at + 2)) tracking.accept(event);
    await until(() => byName(server.state()).get('arm=clip,seed=1')?.status === 'FAILED');
    for (const event of all.slice(at + 2)) tracking.accept(event);
    await finish(followed);
    expect(byName(server.state()).get('arm=clip,seed=1')?.endTime).toBe(startTime + 2600);
    expect(comparable(server.state())).toEqual(await afterwards(runs, all));
  });

  it('goes on with other parts where the server refuses the files of one', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    server.refuseFiles(true);
    const events = await sweepEvents(join(runs, 'store'));
    const middle = events.findIndex((event) => 'stage' in event && event.stage === 'quality@arm=clip,seed=2');
    for (const event of events.slice(0, middle)) tracking.accept(event);
    await until(() => (byName(server.state()).get('arm=clip,seed=2')?.metrics.size ?? 0) > 0);
    server.refuseFiles(false);
    for (const event of events.slice(middle)) tracking.accept(event);
    await finish(followed);
    expect(comparable(server.state())).toEqual(await afterwards(runs, events));
  });

  it('tells in its note how far it has come', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    const events = await sampleEvents(join(runs, 'store'));
    const note = () => server.state().runs[0]?.tags.get('mlflow.note.content') ?? '';
    const end = events.findIndex((event) => event.type === 'stage_succeeded' && event.stage === 'train');
    for (const event of events.slice(0, end)) tracking.accept(event);
    await until(() => note().includes('| train | under way |'));
    for (const event of events.slice(end, end + 1)) tracking.accept(event);
    await until(() => note().includes('| train | done in'));
    for (const event of events.slice(end + 1)) tracking.accept(event);
    await finish(followed);
  });
});

describe('a run of which a result turned out to be damaged', () => {
  async function damagedRun(runs: string) {
    const events = await sampleEvents(join(runs, 'store'));
    const end = events.findIndex((event) => event.type === 'stage_succeeded' && event.stage === 'train');
    const again = events
      .filter((event) => 'stage' in event && event.stage === 'train')
      .map((event): RunEvent =>
        event.type === 'stage_reported' && event.event.type === 'metrics'
          ? { ...event, event: { ...event.event, timestamp: event.event.timestamp + 1 } }
          : event,
      );
    const damaged = { type: 'artifact_damaged', time: 1, stage: 'train', reason: 'a bit' } as RunEvent;
    return {
      told: events.slice(0, end + 1),
      all: [...events.slice(0, end + 1), damaged, ...again, ...events.slice(end + 1)],
    };
  }
  const versions = ({ runs }: ReturnType<FakeMlflow['state']>) =>
    runs.map(({ isDeleted, tags }) => [isDeleted, tags.get('wassermill.run')]);
  const putAside = [
    [true, '20261123T183501Z-3f9a.superseded'],
    [false, '20261123T183501Z-3f9a'],
  ];

  it('is put aside and sent anew', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    const { told, all } = await damagedRun(runs);
    for (const event of told) tracking.accept(event);
    await until(() => (server.state().runs[0]?.metrics.size ?? 0) === 120);
    for (const event of all.slice(told.length)) tracking.accept(event);
    await finish(followed);
    expect(versions(server.state())).toEqual(putAside);
    expect(comparable(server.state())).toEqual(await afterwards(runs, all));
  });

  it('is put aside by a later sync where the server is gone at the end', async () => {
    const runs = await temporaryFolder();
    const { server, tracking, runDirectory } = await follow(runs);
    const { told, all } = await damagedRun(runs);
    for (const event of told) tracking.accept(event);
    await until(() => (server.state().runs[0]?.metrics.size ?? 0) === 120);
    server.beDown(true);
    for (const event of all.slice(told.length)) tracking.accept(event);
    await writeRunFiles(runDirectory);
    expect((await tracking.close()).problems).toHaveLength(1);
    // The first attempt breaks off before what it has put aside is deleted.
    server.beInTrouble(({ path }) => (path === 'runs/delete' ? faults['500'] : undefined));
    expect((await syncRuns(runs, server.url, client)).problems).toHaveLength(1);
    server.beDown(false);
    expect(await syncRuns(runs, server.url, client)).toMatchObject({ problems: [] });
    expect(versions(server.state())).toEqual(putAside);
    expect(comparable(server.state())).toEqual(await afterwards(runs, all));
  });

  it('is put aside once, though the server refuses a file of it whenever it is asked', async () => {
    const runs = await temporaryFolder();
    const { all } = await damagedRun(runs);
    await writeRun(runs, all);
    const server = await fakeMlflow();
    server.beInTrouble(({ path }) => (path.endsWith('/report.html') ? faults['413'] : undefined));
    for (let time = 0; time < 3; time++) {
      expect((await syncRuns(runs, server.url, client)).problems).toHaveLength(1);
      expect(server.state().runs).toHaveLength(1);
    }
  });
});

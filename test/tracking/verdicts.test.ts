import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { required } from '../../src/base/invariant.js';
import type { RunEvent, RunStarted } from '../../src/execute/events.js';
import type { ComparisonEvent, Finding, Verdict } from '../../src/execute/judged.js';
import { recordOf } from '../../src/execute/record.js';
import type { PlannedStage, StageId, StageKey } from '../../src/plan/types.js';
import { trackedExperimentOf } from '../../src/tracking/tracked/experiment.js';
import { afterwards, byName, comparable, finish, follow, until } from './followed.js';
import { artifactWith, startTime, sweepEvents, temporaryFolder } from './support.js';

const finding: Finding = {
  verdict: 'fail',
  assertion: 0,
  metric: 'quality.value',
  place: { arm: 'clip' },
  of: 'value',
  bounds: { max: 1 },
  estimate: { value: Infinity, count: 2, spread: { kind: 'interval', low: Infinity, high: Infinity } },
};

const comparison: ComparisonEvent = {
  type: 'comparison',
  confidence: 0.95,
  columns: [{ metric: 'quality.value', better: 'neither' }],
  rows: [
    {
      place: { arm: 'clip' },
      cells: [{ estimate: { value: 2, count: 2, spread: { kind: 'interval', low: 1, high: 3 } } }],
    },
    { place: { arm: 'penalty' }, cells: [{ lacks: 'train@arm=penalty,seed=1 diverged' }] },
  ],
};

/** The sweep, with a table and a gate over all of it in the end. */
async function judgedEvents(store: string, verdict: Verdict): Promise<readonly RunEvent[]> {
  const [first, ...events] = await sweepEvents(store);
  const last = required(events.pop(), 'the end');
  const started = first as RunStarted;
  const baseline = {
    mlflow: { experiment: 'nightly', latest: 9 },
    runs: [{ run: 'r', name: 'n', value: 1 }],
  };
  const judge = (kind: 'gate' | 'compare', fields: object) =>
    ({
      id: `the_${kind}` as StageId,
      kind,
      fields,
      inputs: [],
      after: [],
      key: kind as StageKey,
    }) as unknown as PlannedStage;
  const table = judge('compare', { across: ['arm', 'seed'], metrics: ['quality.value'], confidence: 0.95 });
  const gate = judge('gate', {
    across: ['arm', 'seed'],
    confidence: 0.95,
    assert: [{ metric: 'quality.value', baseline, max_ratio: 1.5 }],
  });
  const time = startTime + 50_000;
  const telling = async (
    { id }: PlannedStage,
    event: Extract<RunEvent, { type: 'stage_reported' }>['event'],
    files: Readonly<Record<string, string>>,
  ): Promise<readonly RunEvent[]> => [
    { type: 'stage_started', time, stage: id },
    { type: 'stage_reported', stage: id, event },
    {
      type: 'stage_succeeded',
      time: time + 10,
      stage: id,
      cached: false,
      artifact: await artifactWith(join(store, id), id, files),
    },
  ];
  return [
    { ...started, stages: [...started.stages, table, gate] },
    ...events,
    ...(await telling(table, comparison, { 'table.csv': 'row\n', 'table.md': '|\n' })),
    ...(await telling(
      gate,
      { type: 'verdict', verdict, confidence: 0.95, findings: [finding] },
      { 'verdict.json': '{}' },
    )),
    { ...last, time: time + 20 } as RunEvent,
  ];
}

describe('what gates came to', () => {
  it('is a tag of the run that has the gate, and of every run of the tree', async () => {
    const record = recordOf(await judgedEvents(await temporaryFolder(), 'fail'));
    const { runs } = trackedExperimentOf(record, '/runs/history/one');
    const tags = runs.map((run) => new Map(run.tags.map(({ key, value }) => [key, value])));
    expect(tags.map((of) => of.get('wassermill.verdict'))).toEqual(runs.map(() => 'failed'));
    expect(tags.map((of) => of.get('wassermill.gate.the_gate'))).toEqual([
      'failed',
      ...runs.slice(1).map(() => undefined),
    ]);
    expect(tags[0]?.get('mlflow.note.content')).toContain('| the_gate | **failed**, done in ');
    const params = new Map(runs[0]?.params.map(({ key, value }) => [key, value]));
    expect(params.get('the_gate.assert.0.baseline.mlflow.experiment')).toBe('nightly');
    expect([...params.keys()].filter((key) => key.includes('runs'))).toEqual([]);
  });

  it('is not told before the run is over', async () => {
    const events = await judgedEvents(await temporaryFolder(), 'pass');
    const { runs } = trackedExperimentOf(recordOf(events.slice(0, -1)), '/runs/history/one');
    expect(runs.flatMap(({ tags }) => tags.filter(({ key }) => key === 'wassermill.verdict'))).toEqual([]);
  });

  it('reaches parts of a run under way that were whole on the server before it was known', async () => {
    const runs = await temporaryFolder();
    const followed = await follow(runs);
    const { server, tracking } = followed;
    const events = await judgedEvents(join(runs, 'store'), 'inconclusive');
    const early = events.findIndex((event) => event.type === 'stage_started' && event.stage === 'the_gate');
    for (const event of events.slice(0, early)) tracking.accept(event);
    await until(() => byName(server.state()).get('arm=clip,seed=1')?.status === 'FINISHED');
    for (const event of events.slice(early)) tracking.accept(event);
    await finish(followed);
    const tags = byName(server.state()).get('arm=clip,seed=1')?.tags;
    expect(tags?.get('wassermill.verdict')).toBe('inconclusive');
    expect(comparable(server.state())).toEqual(await afterwards(runs, events));
  });
});

describe('what a table came to', () => {
  it('is a table of MLflow’s beside its files', async () => {
    const record = recordOf(await judgedEvents(await temporaryFolder(), 'pass'));
    const whole = required(trackedExperimentOf(record, '/runs/history/one').runs[0], 'the whole');
    const paths = whole.artifacts.map(({ path }) => path).filter((path) => path.startsWith('the_'));
    expect(paths.sort()).toEqual([
      'the_compare/comparison.json',
      'the_compare/table.csv',
      'the_compare/table.md',
      'the_gate/verdict.json',
    ]);
    const { source } = required(
      whole.artifacts.find(({ path }) => path === 'the_compare/comparison.json'),
      'the table',
    );
    const text = source.kind === 'text' ? source.text : '';
    expect(JSON.parse(text)).toEqual({
      columns: [
        'row',
        'metric',
        'count',
        'mean',
        'low',
        'high',
        'difference',
        'difference_low',
        'difference_high',
        'p',
      ],
      data: [
        ['arm=clip', 'quality.value', 2, 2, 1, 3, null, null, null, null],
        ['arm=penalty', 'quality.value', null, null, null, null, null, null, null, null],
      ],
    });
    const tags = new Map(whole.tags.map(({ key, value }) => [key, value]));
    expect(tags.get('mlflow.loggedArtifacts')).toBe(
      '[{"path": "metrics.json", "type": "table"}, {"path": "the_compare/comparison.json", "type": "table"}]',
    );
  });
});

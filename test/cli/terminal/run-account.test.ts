import { describe, expect, it } from 'vitest';

import { fidIdentity } from '../../base/identity.js';
import type { StageFailure } from '../../../src/execute/events.js';
import type { RunRecord, StageRecord } from '../../../src/execute/record.js';
import { makeLook } from '../../../src/cli/terminal/look.js';
import { accountLines } from '../../../src/cli/terminal/run-account.js';
import { artifact, id, ringRun, stageRecord, startTime } from '../../report/support.js';

const look = makeLook({ unicode: true, colour: false });

function textOf(record: RunRecord): string {
  return accountLines({ record, places: [], now: startTime + 60_000 }, 80, look).join('\n');
}

const done = (name: string): StageRecord['outcome'] => ({
  state: 'succeeded',
  cached: false,
  artifact: artifact(name, 2),
});

/** The fixture's run with an evaluation for each seed, whose distance is given; undefined for one that failed. */
function sweep(
  distances: readonly (number | undefined)[],
  failureOf: (seed: number) => StageFailure,
): RunRecord {
  const run = ringRun();
  const quality = stageRecord(run, 'quality');
  const cells = distances.map((swd, seed): StageRecord => {
    const name = id(`quality@seed=${seed}`);
    const step = swd === undefined ? 0 : 1200;
    return {
      ...quality,
      stage: { ...quality.stage, id: name, axes: { seed } },
      outcome: swd === undefined ? { state: 'failed', failure: failureOf(seed) } : done(name),
      metrics: [{ type: 'metrics', step, timestamp: startTime, values: { swd: swd ?? 0.001 } }],
    };
  });
  const specification = { ...run.start.specification, axes: { seed: distances.map((_, seed) => seed) } };
  return {
    ...run,
    start: { ...run.start, specification },
    stages: run.stages.flatMap((stage) => (stage === quality ? cells : [stage])),
  };
}

const diverged: StageFailure = {
  reason: 'problem',
  message: 'sample 0 is NaN',
  field: [],
  help: 'lower the learning rate',
};
const killed: StageFailure = { reason: 'killed', signal: 'SIGKILL', lastLines: [] };

describe('a sweep of many cells', () => {
  const distances = Array.from({ length: 40 }, (_, seed) =>
    seed % 3 === 0 ? undefined : 1 + ((seed * 7) % 40),
  );
  const text = textOf(sweep(distances, (seed) => (seed === 0 ? killed : diverged)));

  it('has one line, and each reason of a failure once, with the cells that it befell', () => {
    expect(text).toContain('\n✗ quality@seed  40 cells: 26 done, 14 failed\n');
    expect(text.match(/quality@seed/g)).toHaveLength(1);
    expect(text).toContain('  was killed');
    expect(text.match(/lower the learning rate/g)).toHaveLength(1);
    expect(text).toContain(
      '  found a problem: seed=3 seed=6 seed=9 seed=12 seed=15 seed=18 seed=21 seed=24\n  seed=27 seed=30 seed=33 seed=36 and 1 more\n',
    );
  });

  it('has the range of its numbers and the best cell, failed ones left out', () => {
    expect(text).toContain('\n  quality.swd  2 to 40, best at seed=23\n');
  });

  it('tells one number once, and numbers that are none', () => {
    const failure = () => diverged;
    expect(
      textOf(
        sweep(
          Array.from({ length: 13 }, () => 0.5),
          failure,
        ),
      ),
    ).toContain('\n  quality.swd  0.5000 in all of 13 cells\n');
    const broken = Array.from({ length: 13 }, (_, seed) => (seed === 0 ? Number.NaN : seed));
    expect(textOf(sweep(broken, failure))).toContain(
      '\n  quality.swd  1 to 12, best at seed=1; 1 of 13 cells not finite\n',
    );
  });

  it('names no cell where several are best', () => {
    const distances = Array.from({ length: 13 }, (_, seed) => (seed < 4 ? 1 : seed));
    expect(textOf(sweep(distances, () => diverged))).toContain('\n  quality.swd  1 to 12, best in 4 cells\n');
  });

  it('fits into 80 columns', () => {
    expect(text).toContain('\nAxes           seed: 0, 1, 2, 3,');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

it('few cells have a line each, and what is said of all of them is said once', () => {
  const text = textOf(sweep([1, undefined, undefined, 2], () => diverged));
  expect(text).toContain(`✓ quality@seed=0  2.0 s        swd 1\n`);
  expect(text).toContain(`✗ quality@seed=1  found a problem
  The pipeline file, or the data that it names, needs a change.
  sample 0 is NaN
  lower the learning rate

✗ quality@seed=2  found a problem
✓ quality@seed=3  2.0 s        swd 2\n`);
  // What the failed ones had measured before they failed is no result.
  expect(text).toContain('\n  quality.swd  1 to 2, best at seed=0\n');
});

it('of cells whose numbers are unlike, none is best, and it says why', () => {
  const run = sweep([1, 2, 3], () => diverged);
  const stages = run.stages.map((stage, index) => ({
    ...stage,
    identities: { swd: { ...fidIdentity, reference_samples: index } },
  }));
  expect(textOf({ ...run, stages })).toContain(
    '\n  quality.swd  1 to 3, not comparable: of other numbers of reference samples\n',
  );
});

it('a cached cell has its numbers, too', () => {
  const run = sweep([1, 2], () => diverged);
  const stages = run.stages.map((stage) =>
    stage.outcome.state === 'succeeded' ? { ...stage, outcome: { ...stage.outcome, cached: true } } : stage,
  );
  expect(textOf({ ...run, stages })).toContain('\n• quality@seed=1  cached       swd 2\n');
});

it('estimates of different critics have a range, and none of them is the best', () => {
  const run = ringRun();
  const train = stageRecord(run, 'train');
  const cells = Array.from({ length: 13 }, (_, seed): StageRecord => ({
    ...train,
    stage: { ...train.stage, id: id(`train@clip=0.${seed}`), axes: { clip: seed / 10 } },
    metrics: [{ type: 'metrics', step: 1, timestamp: startTime, values: { wasserstein_estimate: seed } }],
  }));
  expect(textOf({ ...run, stages: cells })).toContain('\n  train.wasserstein_estimate  0 to 12\n');
});

it('of a run under way or cut short, each stage says how far it came', () => {
  const run = ringRun({ unfinished: true, cached: true });
  expect(textOf(run)).toContain(`
Under way: 1 of 4 stages done, 1 from the cache

• dataset:ring  cached
▸ train         under way for 1 min 00 s
– quality       waiting
– picture       waiting
`);
  const dead = textOf({ ...run, end: { time: startTime + 16_000, outcome: 'interrupted' } });
  expect(dead).toContain('\n✗ train         cut short: the run’s process died\n– quality       not run\n');
});

it('says of the failure of one stage what is to be done', () => {
  const text = textOf(ringRun({ failure: killed }));
  expect(text).toContain('✗ train         was killed');
  expect(text).toContain('  Most likely the machine ran out of memory');
  expect(text).toContain('– quality       not run: train failed');
});

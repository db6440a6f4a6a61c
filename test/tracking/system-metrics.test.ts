import { expect, it } from 'vitest';

import { recordOf } from '../../src/execute/record.js';
import type { RunEvent, RunStarted } from '../../src/execute/events.js';
import { trackedExperimentOf } from '../../src/tracking/tracked/experiment.js';
import { nothingLeftOut, type TrackedRun } from '../../src/tracking/tracked/types.js';
import { sampleEvents, startTime, temporaryFolder } from './support.js';

/** A training of 20 generator steps, 400 ms each, with 5 critic steps of 128 samples. */
async function slowTraining(): Promise<readonly RunEvent[]> {
  const events = await sampleEvents(await temporaryFolder(), { steps: 20 });
  return events.map((event): RunEvent => {
    if (event.type !== 'stage_reported' || event.event.type !== 'metrics' || event.stage !== 'train')
      return event;
    return { ...event, event: { ...event.event, timestamp: startTime + 400 * event.event.step } };
  });
}

const key = 'system/train.samples_per_second';

it('tells the speed of a training: samples that its critic saw, by the time that passed', async () => {
  const record = recordOf(await slowTraining());
  const [run] = trackedExperimentOf(record, '/r').runs;
  const speeds = rowsOf(run, key);
  // Three steps are the first to take a second or more.
  expect(speeds.map(({ step }) => step)).toEqual([4, 7, 10, 13, 16, 19]);
  expect(new Set(speeds.map(({ value }) => value))).toEqual(new Set([(5 * 128) / 0.4]));
});

it('tells the same speeds whenever it is asked, each once', async () => {
  const events = await slowTraining();
  const whole = recordOf(events);
  const all = rowsOf(trackedExperimentOf(whole, '/r').runs[0], key);
  for (let cut = 1; cut < 20; cut++) {
    const early = recordOf(events.slice(0, 3 + 1 + 2 * cut));
    const known = early.stages[1]?.metrics.length ?? 0;
    const told = { ...nothingLeftOut, events: new Map(early.stages.map(({ stage }) => [stage.id, known])) };
    const of = (record: typeof whole, before = nothingLeftOut) =>
      rowsOf(trackedExperimentOf(record, '/r', before).runs[0], key);
    expect([...of(early), ...of(whole, told)]).toEqual(all);
  }
});

it('counts critic steps one by one where their number varies', async () => {
  const [started, ...events] = await slowTraining();
  const { stages, ...start } = started as RunStarted;
  const adaptive = { type: 'schedule', count: 1 } as unknown;
  const varying = [
    {
      ...start,
      stages: stages.map((stage) =>
        stage.kind === 'train'
          ? ({ ...stage, fields: { ...stage.fields, critic_iterations: adaptive } } as typeof stage)
          : stage,
      ),
    },
    ...events.map((event): RunEvent => {
      if (event.type !== 'stage_reported' || event.event.type !== 'metrics') return event;
      const values = { ...event.event.values, critic_iterations: event.event.step };
      return { ...event, event: { ...event.event, values } };
    }),
  ];
  const [run] = trackedExperimentOf(recordOf(varying), '/r').runs;
  const [first] = rowsOf(run, key);
  expect(first).toMatchObject({ step: 4, value: ((2 + 3 + 4) * 128) / 1.2 });
});

it('tells how busy the machine was', async () => {
  const events = await slowTraining();
  const sample = (time: number, cpu: number): RunEvent => ({
    type: 'machine_sampled',
    time,
    values: { cpu_utilization_percentage: cpu },
  });
  const record = recordOf([...events.slice(0, 5), sample(10, 50), sample(20, 75), ...events.slice(5)]);
  const tell = (samples: number) =>
    rowsOf(
      trackedExperimentOf(record, '/r', { ...nothingLeftOut, samples }).runs[0],
      'system/cpu_utilization_percentage',
    );
  expect(tell(0).map(({ step, value, timestamp }) => [step, value, timestamp])).toEqual([
    [0, 50, 10],
    [1, 75, 20],
  ]);
  expect(tell(1)).toEqual(tell(0).slice(1));
});

function rowsOf(run: TrackedRun | undefined, name: string) {
  return [...(run?.metrics ?? [])].filter((metric) => metric.key === name);
}

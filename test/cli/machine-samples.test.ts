import { totalmem } from 'node:os';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Gauge } from '../../src/cli/gauges/gauge.js';
import { processorsGauge } from '../../src/cli/gauges/processors.js';
import { sampleMachine } from '../../src/cli/machine-samples.js';
import type { MachineSampled } from '../../src/execute/events.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Samples of these gauges, as far as the clock has been moved on. */
function samplesOf(...gauges: readonly Gauge[]) {
  const told: MachineSampled[] = [];
  const end = sampleMachine(
    gauges,
    (sample) => told.push(sample),
    () => 77,
  );
  return { told, end };
}

it('tells every ten seconds how busy the machine is, until it is ended', async () => {
  const { told, end } = samplesOf(processorsGauge());
  // Something to be seen in the processors' own clocks, which tick a hundred times a second.
  for (const began = process.cpuUsage().user; process.cpuUsage().user - began < 50_000;);
  await vi.advanceTimersByTimeAsync(20_000);
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toHaveLength(2);
  const [first] = told;
  expect(first?.time).toBe(77);
  const busy = first?.values['cpu_utilization_percentage'];
  expect(busy).toBeGreaterThan(0);
  expect(busy).toBeLessThanOrEqual(100);
  const used = first?.values['system_memory_usage_megabytes'] ?? 0;
  expect(first?.values['system_memory_usage_percentage']).toBeCloseTo((100e6 * used) / totalmem(), 6);
});

const works: Gauge = () => Promise.resolve({ works: 1 });

it('leaves out what fails, and gives it up after three failures in a row', async () => {
  let asked = 0;
  const fails: Gauge = () => {
    asked++;
    // The third attempt makes up for those before.
    return asked === 3 ? Promise.resolve({ fails: 2 }) : Promise.reject(new Error('no driver'));
  };
  const { told, end } = samplesOf(fails, works);
  await vi.advanceTimersByTimeAsync(100_000);
  end();
  expect(told.map(({ values }) => values)).toEqual(
    Array.from({ length: 10 }, (_, index) => (index === 2 ? { fails: 2, works: 1 } : { works: 1 })),
  );
  expect(asked).toBe(6);
});

it('gives up what reads nothing', async () => {
  let asked = 0;
  const { told, end } = samplesOf(() => {
    asked++;
    return Promise.resolve({});
  }, works);
  await vi.advanceTimersByTimeAsync(100_000);
  end();
  expect([told.length, asked]).toEqual([10, 3]);
});

it('waits five seconds for what hangs, tells it so, and asks it nothing more while it owes an answer', async () => {
  const signals: AbortSignal[] = [];
  let answer = (): void => undefined;
  const hangs: Gauge = (signal) => {
    signals.push(signal);
    return new Promise((settle) => (answer = () => settle({ hangs: signals.length })));
  };
  const { told, end } = samplesOf(hangs, works);
  await vi.advanceTimersByTimeAsync(14_999);
  expect([told.length, signals[0]?.aborted]).toEqual([0, false]);
  await vi.advanceTimersByTimeAsync(1);
  expect([told.length, signals[0]?.aborted]).toEqual([1, true]);
  await vi.advanceTimersByTimeAsync(24_999);
  expect([told.length, signals.length]).toEqual([3, 1]);
  // What it says at last is of another time, and goes into no sample.
  answer();
  await vi.advanceTimersByTimeAsync(1000);
  answer();
  await vi.advanceTimersByTimeAsync(1000);
  end();
  expect(told.map(({ values }) => values)).toEqual([
    { works: 1 },
    { works: 1 },
    { works: 1 },
    { works: 1, hangs: 2 },
  ]);
});

it('tells nothing after its end, and ends what is being read', async () => {
  let ended = false;
  const { told, end } = samplesOf((signal) => {
    signal.addEventListener('abort', () => (ended = true));
    return new Promise(() => undefined);
  }, works);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(ended).toBe(false);
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([told, ended]).toEqual([[], true]);
});

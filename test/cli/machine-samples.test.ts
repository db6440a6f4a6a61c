import { totalmem } from 'node:os';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { sampleMachine } from '../../src/cli/machine-samples.js';
import type { MachineSampled } from '../../src/execute/events.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells every ten seconds how busy the machine is, until it is ended', () => {
  const told: MachineSampled[] = [];
  const end = sampleMachine(
    (sample) => told.push(sample),
    () => 77,
  );
  // Something to be seen in the processors' own clocks, which tick a hundred times a second.
  for (const began = process.cpuUsage().user; process.cpuUsage().user - began < 50_000;);
  vi.advanceTimersByTime(20_000);
  end();
  vi.advanceTimersByTime(60_000);
  expect(told).toHaveLength(2);
  const [first] = told;
  expect(first?.time).toBe(77);
  const busy = first?.values['cpu_utilization_percentage'];
  expect(busy).toBeGreaterThan(0);
  expect(busy).toBeLessThanOrEqual(100);
  const used = first?.values['system_memory_usage_megabytes'] ?? 0;
  expect(first?.values['system_memory_usage_percentage']).toBeCloseTo((100e6 * used) / totalmem(), 6);
});

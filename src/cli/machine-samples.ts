import { cpus, freemem, totalmem } from 'node:os';

import type { MachineSampled } from '../execute/events.js';

/** Milliseconds between two samples, as MLflow's own client takes them. */
const every = 10_000;

const megabyte = 1e6;

/**
 * Tells how busy the machine is every ten seconds, from now on.
 * @returns what ends it
 */
export function sampleMachine(tell: (sample: MachineSampled) => void, now: () => number): () => void {
  let before = ticks();
  const timer = setInterval(() => {
    const after = ticks();
    const used = totalmem() - freemem();
    tell({
      type: 'machine_sampled',
      time: now(),
      values: {
        cpu_utilization_percentage: percentage(after.busy - before.busy, after.all - before.all),
        system_memory_usage_megabytes: used / megabyte,
        system_memory_usage_percentage: percentage(used, totalmem()),
      },
    });
    before = after;
  }, every);
  return () => clearInterval(timer);
}

/** Milliseconds of all processors since the machine was started. */
function ticks(): { readonly busy: number; readonly all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: all - times.reduce((sum, { idle }) => sum + idle, 0), all };
}

const percentage = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : 0);

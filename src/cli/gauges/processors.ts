import { cpus, freemem, totalmem } from 'node:os';

import { megabyte, percentage, type Gauge } from './gauge.js';

/** How busy all processors together were since the last reading, at first since now; and how much memory is in use. */
export function processorsGauge(): Gauge {
  let before = ticks();
  return () => {
    const after = ticks();
    const used = totalmem() - freemem();
    const readings = {
      cpu_utilization_percentage: percentage(after.busy - before.busy, after.all - before.all),
      system_memory_usage_megabytes: used / megabyte,
      system_memory_usage_percentage: percentage(used, totalmem()),
    };
    before = after;
    return Promise.resolve(readings);
  };
}

/** Milliseconds of all processors since the machine was started. */
function ticks(): { readonly busy: number; readonly all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: all - times.reduce((sum, { idle }) => sum + idle, 0), all };
}

import os from 'node:os';

/** Processors and Node, as in `2 x Intel(R) Xeon(R), Node v20.20.2`. @param {string} [detail] more about the processors */
export function machine(detail) {
  const cpus = os.cpus();
  return `${cpus.length} x ${cpus[0].model}${detail === undefined ? '' : ` (${detail})`}, Node ${process.version}`;
}

/** Load averages of the last 1, 5 and 15 minutes. */
export const load = () =>
  os
    .loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');

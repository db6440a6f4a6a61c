import { askNvidiaSmi } from '../nvidia-smi.js';
import type { Surroundings } from '../surroundings.js';
import { megabyte, percentage, type Gauge } from './gauge.js';

const fields = [
  'index',
  'utilization.gpu', // %
  'memory.used', // MiB
  'memory.total', // MiB
  'power.draw', // W
  // The limit that holds, of all that are set; MLflow's percentage is of this one.
  'enforced.power.limit', // W
];

const mebibyte = 1024 ** 2;

/** How busy all NVIDIA GPUs of the machine are, by the driver's numbers; what a GPU does not tell is left out. */
export function gpusGauge(environment: Surroundings['environment']): Gauge {
  return async (signal) => {
    const rows = await askNvidiaSmi(fields, environment, signal);
    return Object.fromEntries(rows.flatMap(readingsOf));
  };
}

function readingsOf([index, ...cells]: readonly string[]): readonly [string, number][] {
  // What a driver prints besides rows is no GPU.
  if (index === undefined || !/^\d+$/.test(index)) return [];
  const [utilization, used, total, power, limit] = cells.map(numberIn);
  const readings: readonly (readonly [string, number | undefined])[] = [
    ['utilization_percentage', utilization],
    ['memory_usage_megabytes', used && (used * mebibyte) / megabyte],
    ['memory_usage_percentage', share(used, total)],
    ['power_usage_watts', power],
    ['power_usage_percentage', share(power, limit)],
  ];
  return readings.flatMap(([name, value]) => (value === undefined ? [] : [[`gpu_${index}_${name}`, value]]));
}

/** In place of a number stands `[N/A]`, `[Unknown Error]` and the like where there is none. */
const numberIn = (cell: string): number | undefined =>
  /^\d+(\.\d+)?$/.test(cell) ? Number(cell) : undefined;

const share = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || !whole ? undefined : percentage(part, whole);

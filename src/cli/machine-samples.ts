import type { MachineSampled } from '../execute/events.js';
import type { Plan } from '../plan/types.js';
import { diskGauge } from './gauges/disk.js';
import type { Gauge } from './gauges/gauge.js';
import { gpusGauge } from './gauges/gpus.js';
import { networkGauge } from './gauges/network.js';
import { processorsGauge } from './gauges/processors.js';
import { mayUseGpus } from './machine.js';
import type { Surroundings } from './surroundings.js';

/** Milliseconds between two samples, as MLflow's own client takes them. */
const every = 10_000;

/** Milliseconds; what has not been read by then is left out of the sample. */
const patience = 5_000;

/** A gauge that failed so often in a row is not asked again. */
const tries = 3;

/**
 * What is measured during a run of a plan. GPUs only where it may use them: a question to its driver wakes an idle GPU up.
 * @param runs the folder of outputs: its file system is the one that a run fills
 */
export function machineGauges(
  plan: Pick<Plan, 'backend' | 'stages'>,
  runs: string,
  environment: Surroundings['environment'],
): readonly Gauge[] {
  const gpus = mayUseGpus(plan) ? [gpusGauge(environment)] : [];
  return [processorsGauge(), diskGauge(runs), networkGauge(), ...gpus];
}

/**
 * Tells how busy the machine is every ten seconds, from now on.
 * @returns what ends it
 */
export function sampleMachine(
  gauges: readonly Gauge[],
  tell: (sample: MachineSampled) => void,
  now: () => number,
): () => void {
  const lenient = gauges.map(leniently);
  let reading = new AbortController();
  let ended = false;
  const sample = async (): Promise<void> => {
    const { signal } = (reading = new AbortController());
    const timer = setTimeout(() => reading.abort(), patience);
    const readings = await Promise.all(lenient.map((gauge) => gauge(signal)));
    clearTimeout(timer);
    if (ended) return;
    const values = Object.fromEntries(readings.flatMap((part) => Object.entries(part)));
    tell({ type: 'machine_sampled', time: now(), values });
  };
  const timer = setInterval(() => void sample(), every);
  return () => {
    ended = true;
    clearInterval(timer);
    reading.abort();
  };
}

/** The same gauge without its failures: a run must not suffer from what it is watched with. */
function leniently(gauge: Gauge): Gauge {
  let failures = 0;
  // An answer that was waited for in vain may still be under way; no second question is put beside it.
  let owed = false;
  return async (signal) => {
    if (owed || failures === tries) return {};
    owed = true;
    const answer = gauge(signal).finally(() => (owed = false));
    try {
      const readings = await Promise.race([answer, endOf(signal)]);
      failures = Object.keys(readings).length > 0 ? 0 : failures + 1;
      return readings;
    } catch {
      failures += 1;
      return {};
    }
  };
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, refuse) => {
    signal.addEventListener('abort', () => refuse(signal.reason as Error), { once: true });
  });
}

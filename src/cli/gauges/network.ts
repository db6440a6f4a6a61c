import { readFile } from 'node:fs/promises';

import { megabyte, type Gauge } from './gauge.js';

/** Bytes that an interface has received and sent since it came up. */
interface Counters {
  readonly received: number;
  readonly sent: number;
}

/**
 * What has come in and gone out since now, over all interfaces, the loopback among them, as MLflow counts.
 * @param file Linux's table of interfaces; elsewhere there is none, and no readings
 */
export function networkGauge(file = '/proc/net/dev'): Gauge {
  let before = countersIn(file);
  // Told to whoever takes the first reading.
  before.catch(() => undefined);
  let received = 0;
  let sent = 0;
  return async () => {
    const [last, next] = await Promise.all([before, countersIn(file)]);
    for (const [name, counters] of next) {
      const since = last.get(name);
      received += growth(counters.received, since?.received);
      sent += growth(counters.sent, since?.sent);
    }
    before = Promise.resolve(next);
    return { network_receive_megabytes: received / megabyte, network_transmit_megabytes: sent / megabyte };
  };
}

/** An interface that went and came again begins at 0. */
const growth = (now: number, before = 0): number => (now >= before ? now - before : now);

async function countersIn(file: string): Promise<ReadonlyMap<string, Counters>> {
  const counters = new Map<string, Counters>();
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    // After the name 8 numbers of what came in, bytes first, and 8 of what went out. The two lines of headings have no such name.
    const [, name, numbers] = /^\s*(\S+):\s*(\d.*)$/.exec(line) ?? [];
    if (name === undefined || numbers === undefined) continue;
    const [received = 0, , , , , , , , sent = 0] = numbers.split(/\s+/).map(Number);
    counters.set(name, { received, sent });
  }
  return counters;
}

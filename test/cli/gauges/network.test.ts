import { writeFile } from 'node:fs/promises';
import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { networkGauge } from '../../../src/cli/gauges/network.js';
import { testFolder } from './support.js';

const signal = new AbortController().signal;

/** As Linux writes it; a long number leaves no blank after the name in old kernels. */
const table = (rows: readonly string[]): string =>
  [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    ...rows,
    '',
  ].join('\n');

it('adds up what all interfaces have received and sent since it began', async () => {
  const file = join(await testFolder(), 'dev');
  await writeFile(
    file,
    table([
      '    lo: 1000000  371523    0    0    0     0          0         0 1000000  371523    0    0    0     0       0          0',
      '  eth0:40494188720  846473    0    0    0     0          0         0 59944122  577491    0    0    0     0       0          0',
      'docker0: 900000  10    0    0    0     0          0         0 800000  10    0    0    0     0       0          0',
    ]),
  );
  const gauge = networkGauge(file);
  expect(await gauge(signal)).toEqual({ network_receive_megabytes: 0, network_transmit_megabytes: 0 });
  await writeFile(
    file,
    table([
      '    lo: 1500000  371523    0    0    0     0          0         0 1500000  371523    0    0    0     0       0          0',
      '  eth0:40496188720  846473    0    0    0     0          0         0 59944122  577491    0    0    0     0       0          0',
      // Taken down and up again, and one that is new.
      'docker0: 100000  10    0    0    0     0          0         0 200000  10    0    0    0     0       0          0',
      'veth1@if2: 10000  10    0    0    0     0          0         0 20000  10    0    0    0     0       0          0',
    ]),
  );
  const expected = { network_receive_megabytes: 2.61, network_transmit_megabytes: 0.72 };
  expect(await gauge(signal)).toEqual(expected);
  // Totals, not what came since the last reading.
  expect(await gauge(signal)).toEqual(expected);
});

it.runIf(existsSync('/proc/net/dev'))('sees bytes that this process sends itself', async () => {
  const gauge = networkGauge();
  await gauge(signal);
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.end(new Uint8Array(4e6));
  await once(socket, 'close');
  server.close();
  const readings = await gauge(signal);
  expect(readings['network_receive_megabytes']).toBeGreaterThan(4);
  expect(readings['network_transmit_megabytes']).toBeGreaterThan(4);
});

it('fails where there is no such table, without a word before it is asked', async () => {
  const gauge = networkGauge('/nowhere/at/all');
  // Long enough for the file to be missed; vitest fails where a refusal finds nobody.
  await delay(200);
  await expect(gauge(signal)).rejects.toThrow('ENOENT');
});

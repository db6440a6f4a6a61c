import { Worker } from 'node:worker_threads';

import type { Mutant } from './mutant.js';

/** Longer than a machine is busy with other things. */
const patienceSeconds = 60;

/** Runs beside a thread that may never come back: writes what hangs into a file, and ends the process. */
const code = `
const { parentPort, workerData } = require('node:worker_threads');
const fs = require('node:fs');
let timer;
parentPort.on('message', (mutant) => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    fs.writeSync(2, 'This pipeline hangs:\\n' + JSON.stringify(mutant) + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }, workerData * 1000);
});
`;

/** Finds hangs, which no test that hangs with them can find. */
export class Watchdog {
  private readonly worker = new Worker(code, { eval: true, workerData: patienceSeconds });

  watch({ entry, damaged, overrides }: Mutant): void {
    this.worker.postMessage({ entry, damaged, overrides });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

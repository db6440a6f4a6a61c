// One side of bench/metrics.mjs: our metrics. The other is metrics_peer.py, with the same conversation: the job is the one
// argument; each line that comes in asks for one measurement.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

import { exactWasserstein } from '../dist/metrics/exact-wasserstein.js';
import { frechetDistance } from '../dist/metrics/frechet-distance.js';
import { RunningMoments } from '../dist/metrics/moments.js';
import { slicedWasserstein } from '../dist/metrics/sliced-wasserstein.js';
import { loadBackend } from '../dist/tensor/backend.js';

const { metric, order, count, dimensions, files } = JSON.parse(process.argv[2]);

/** @param {string} file */
function read(file) {
  const bytes = readFileSync(file);
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

const samplesIn = (file) => ({ count, dimensions, values: read(file) });
const [generated, reference] = [samplesIn(files.generated), samplesIn(files.reference)];
const directions = read(files.directions);
// As an evaluate stage has it, which computes features anyway.
if (metric === 'fid') await loadBackend('native', 2);

function momentsOf({ values }) {
  const moments = new RunningMoments(dimensions);
  moments.add(values);
  return moments;
}

function measured() {
  switch (metric) {
    case 'exact':
      return exactWasserstein(generated, reference, order);
    case 'sliced':
      return slicedWasserstein(generated, reference, directions);
    case 'fid':
      return frechetDistance(momentsOf(generated), momentsOf(reference));
    default:
      throw new Error(`no metric ${metric}`);
  }
}

/** In bytes; VmHWM is in kibibytes. */
const peakMemory = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  void line;
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const { value } = measured();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1000;
  say({ value, seconds, cpuSeconds: (user + system) / 1e6, peak: peakMemory() });
}

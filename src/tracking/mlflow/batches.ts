import { limits } from './limits.js';
import type { Metric } from './types.js';

/** Cuts a list into parts of at most `size`. */
export function* chunksOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Room in a batch for the run's id and the braces around the list. */
const overhead = 1000;

/** Bytes of one metric in a request besides its key: names, value, timestamp, step. */
const metricBytes = 160;

/** Cuts metrics into batches that `logBatch` takes: 1000 each, fewer where long keys would exceed its bytes. */
export function* metricBatches<M extends Metric>(metrics: Iterable<M>): Generator<readonly M[]> {
  let batch: M[] = [];
  let bytes = overhead;
  for (const metric of metrics) {
    const size = metricBytes + Buffer.byteLength(metric.key);
    if (batch.length >= limits.metricsPerBatch || bytes + size > limits.batchBytes) {
      yield batch;
      batch = [];
      bytes = overhead;
    }
    batch.push(metric);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

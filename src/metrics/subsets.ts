import type { RandomStream } from '../base/streams.js';

/** Random subsets of as many samples each, as indices. Those of one random order have no sample in common. */
export function pieces(
  samples: number,
  size: number,
  count: number,
  stream: RandomStream,
): readonly Int32Array[] {
  const fitting = Math.floor(samples / size);
  let order = new Int32Array(0);
  return Array.from({ length: count }, (_, index) => {
    const place = index % fitting;
    if (place === 0) order = Int32Array.from(stream.permutation(samples));
    return order.slice(place * size, (place + 1) * size);
  });
}

/** Two words: which of 2^64 sequences. */
export type PhiloxKey = readonly [number, number];

/** Four words: which block of the sequence, word 0 the fastest. */
export type PhiloxCounter = readonly [number, number, number, number];

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const keyStep0 = 0x9e3779b9;
const keyStep1 = 0xbb67ae85;
const rounds = 10;

/**
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a bijection of the
 * counter that the key selects, good enough that consecutive counters give independent uniform words.
 *
 * Fills `output` (uint32; its length a multiple of 4) with the blocks at `counter`, `counter + 1`, and so on.
 * Only word 0 of the counter advances, modulo 2^32.
 */
export function philoxBlocks(key: PhiloxKey, counter: PhiloxCounter, output: Uint32Array): void {
  for (let at = 0; at < output.length; at += 4) {
    let c0 = (counter[0] + (at >>> 2)) | 0;
    let c1 = counter[1] | 0;
    let c2 = counter[2] | 0;
    let c3 = counter[3] | 0;
    let k0 = key[0] | 0;
    let k1 = key[1] | 0;
    for (let round = 0; round < rounds; round += 1) {
      const high0 = multiplyHigh(multiplier0, c0);
      const low0 = Math.imul(multiplier0, c0);
      const high1 = multiplyHigh(multiplier1, c2);
      const low1 = Math.imul(multiplier1, c2);
      c0 = high1 ^ c1 ^ k0;
      c1 = low1;
      c2 = high0 ^ c3 ^ k1;
      c3 = low0;
      k0 = (k0 + keyStep0) | 0;
      k1 = (k1 + keyStep1) | 0;
    }
    output[at] = c0;
    output[at + 1] = c1;
    output[at + 2] = c2;
    output[at + 3] = c3;
  }
}

/** The upper 32 bits of the 64-bit product, from the four products of 16-bit halves. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross1 = Math.imul(aHigh, bLow);
  const cross2 = Math.imul(aLow, bHigh);
  const middle = (Math.imul(aLow, bLow) >>> 16) + (cross1 & 0xffff) + (cross2 & 0xffff);
  return (Math.imul(aHigh, bHigh) + (cross1 >>> 16) + (cross2 >>> 16) + (middle >>> 16)) | 0;
}

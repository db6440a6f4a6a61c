import { invariant } from './invariant.js';
import { type PhiloxCounter, type PhiloxKey, philoxBlocks } from './philox.js';

/** What a stream's numbers depend on, and nothing else: no state is kept or saved anywhere. */
export interface StreamName {
  /** An integer in [0, 2^32). */
  readonly seed: number;
  /** What the numbers are for, as in `latent/critic`. Never the name of an arm or a stage: arms share numbers. */
  readonly purpose: string;
  /** Which use of the purpose, as the step that is taken; an integer in [0, 2^53). */
  readonly counter?: number;
  /** Which try at the same use, counted from 0; an integer in [0, 2^32). */
  readonly attempt?: number;
}

const wordsAtOnce = 256;

/**
 * One sequence of random numbers, the same on every machine, and the same whether it is drawn in one call
 * or in many.
 *
 * Layout of Philox's 64-bit key and 128-bit counter, in 32-bit words:
 *
 *     key:     [ seed, hash of the purpose ]
 *     counter: [ block, counter (low), counter (high), attempt ]
 *
 * Different (seed, counter, attempt) thus never overlap; different purposes do only if their 32-bit hashes
 * are equal. A stream holds 2^32 blocks, which is 2^34 words.
 */
export class RandomStream {
  readonly #key: PhiloxKey;
  readonly #counter: PhiloxCounter;
  readonly #words = new Uint32Array(wordsAtOnce);
  #position = wordsAtOnce;
  #blocksDrawn = 0;
  #spareNormal: number | undefined;

  constructor({ seed, purpose, counter = 0, attempt = 0 }: StreamName) {
    invariant(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32, `seed ${seed} is not a 32-bit integer`);
    invariant(Number.isSafeInteger(counter) && counter >= 0, `counter ${counter} is not a whole number`);
    invariant(Number.isInteger(attempt) && attempt >= 0 && attempt < 2 ** 32, `attempt ${attempt}`);
    this.#key = [seed, purposeHash(purpose)];
    this.#counter = [0, counter % 2 ** 32, Math.floor(counter / 2 ** 32), attempt];
  }

  /** A uniform integer in [0, 2^32). */
  uint32(): number {
    if (this.#position === wordsAtOnce) this.#refill();
    const word = this.#words[this.#position] ?? 0;
    this.#position += 1;
    return word;
  }

  /** Uniform in [0, 1): multiples of 2^-24, which float32 holds exactly (rounding never gives 1). */
  uniform(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => (this.uint32() >>> 8) * 2 ** -24);
  }

  /**
   * From N(0, 1), computed in double precision and rounded to float32. Box and Muller (1958): with U in (0, 1]
   * and V in [0, 1), sqrt(-2 ln U) cos(2 pi V) and sqrt(-2 ln U) sin(2 pi V) are independent normals.
   */
  normal(count: number): Float32Array {
    const values = new Float32Array(count);
    for (let index = 0; index < count; index += 1) values[index] = this.#nextNormal();
    return values;
  }

  /** A uniform integer in [0, bound), for a bound up to 2^32; without bias. */
  integerBelow(bound: number): number {
    invariant(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32, `bound ${bound}`);
    // The words from `limit` on would make small remainders more likely than large ones.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % bound;
    }
  }

  /** The integers 0 to count - 1 in random order, all orders equally likely (Fisher and Yates). */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last -= 1) {
      const other = this.integerBelow(last + 1);
      const kept = order[last] ?? 0;
      order[last] = order[other] ?? 0;
      order[other] = kept;
    }
    return order;
  }

  #nextNormal(): number {
    const spare = this.#spareNormal;
    if (spare !== undefined) {
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log((this.uint32() + 1) * 2 ** -32));
    const angle = 2 * Math.PI * 2 ** -32 * this.uint32();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  #refill(): void {
    invariant(this.#blocksDrawn < 2 ** 32, 'a random stream is exhausted');
    const [, low, high, attempt] = this.#counter;
    philoxBlocks(this.#key, [this.#blocksDrawn, low, high, attempt], this.#words);
    this.#blocksDrawn += wordsAtOnce / 4;
    this.#position = 0;
  }
}

/** FNV-1a over the purpose's UTF-16 code units. */
function purposeHash(purpose: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < purpose.length; index += 1) {
    hash = Math.imul(hash ^ purpose.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

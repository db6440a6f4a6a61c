import { seededRandom } from '../files/support.js';

/** Some of the items, drawn by the seed: all where there are no more. */
export function sampleOf<Item>(items: readonly Item[], count: number, seed: number): readonly Item[] {
  const random = seededRandom(seed);
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .slice(0, count)
    .map(([, item]) => item);
}

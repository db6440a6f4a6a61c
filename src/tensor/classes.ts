import { RandomStream, type StreamName } from '../base/streams.js';

/** Real samples of each class, at least one: what classes are drawn by. */
export type ClassCounts = readonly number[];

/**
 * The classes of so many samples, each as likely as it is frequent among the real ones. The critic compares pairs of a sample and its
 * class: where classes of generated samples had other frequencies, no generator could close the distance that these make.
 */
export function drawClasses(counts: ClassCounts, samples: number, stream: StreamName): Int32Array {
  const random = new RandomStream(stream);
  let all = 0;
  const upTo = counts.map((count) => (all += count));
  return Int32Array.from({ length: samples }, () => {
    const drawn = random.integerBelow(all);
    return upTo.findIndex((sum) => drawn < sum);
  });
}

/** One after another, again and again: about as many of each, in every stretch. */
export function classesInTurn(classes: number, samples: number): Int32Array {
  return Int32Array.from({ length: samples }, (_, index) => index % classes);
}

/** The first of those with most samples. */
export function mostFrequent(counts: ClassCounts): number {
  return counts.indexOf(Math.max(...counts));
}

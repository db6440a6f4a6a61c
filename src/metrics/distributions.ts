/** A distribution that is known as a formula, of data or of a generator. */
export type Distribution = Line | Gaussian;

/** (theta, z), z uniform in [0, 1]: of Example 1 of arXiv 1701.07875. */
export interface Line {
  readonly type: 'line';
  readonly theta: number;
}

/** N(mean, std^2) on the line, `std` being positive. */
export interface Gaussian {
  readonly type: 'gaussian';
  readonly mean: number;
  readonly std: number;
}

/** As a message says it. */
export const distributionWords: Readonly<Record<Distribution['type'], string>> = {
  line: 'a line of the parallel lines',
  gaussian: 'a Gaussian on the line',
};

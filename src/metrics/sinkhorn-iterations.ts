import { err, ok, type Result } from '../base/result.js';

/** Marginals are right to this share in the mean; the cost, at a maximum there, to 1e-8. */
const tolerance = 1e-5;
const mostIterations = 5000;
/** Exponentials, at most: half an hour. Of 5,000 points on both sides an iteration takes 50 million. */
const mostExponentials = 1e11;
/** Iterations between two looks at how fast the iterations converge. */
const lookEvery = 50;
/** Rates improve on the way: hopeless is what would take so many times the most iterations. */
const patience = 4;
/**
 * Iterations before those in turn. Between equal sets these halve what is off each time, where taking turns needs
 * thousands (Feydy et al. 2019, section 3.1); between different ones they are the slower.
 */
const averaged = 25;
/** Below exp(-40) a term adds nothing to a sum of double precision that holds exp(0). */
const negligible = -40;

/**
 * The entropic cost of transport between two uniform distributions,
 *
 *   max over f, g of mean f + mean g - epsilon (mean over i, j of exp((f(i) + g(j) - c(i, j)) / epsilon) - 1),
 *
 * by Sinkhorn's iterations on the logarithms of the scalings (Peyré and Cuturi 2019, "Computational Optimal Transport",
 * section 4.4), first both at once and half of the way, then in turn. Epsilon first falls by halves from the
 * largest cost to its value, which saves most iterations (ibid., remark 4.9).
 *
 * @param costs `rows` times `columns`
 * @returns the iterations that were made, where they do not converge, or would not within the most that are made. That is told
 * as soon as their rate says so, since a stage can do nothing else meanwhile.
 */
export function regularisedCost(
  costs: Float64Array,
  rows: number,
  columns: number,
  epsilon: number,
): Result<number, number> {
  const transposed = transpose(costs, rows, columns);
  const f = new Float64Array(rows);
  const g = new Float64Array(columns);
  const [nextF, nextG] = [new Float64Array(rows), new Float64Array(columns)];
  const largest = costs.reduce((most, cost) => Math.max(most, cost), 0);
  const state = { costs, transposed, f, g, nextF, nextG };
  for (let coarse = largest; coarse > epsilon; coarse /= 2) average(state, coarse);
  for (let iteration = 0; iteration < averaged; iteration++) average(state, epsilon);
  const most = Math.min(mostIterations, Math.ceil(mostExponentials / (2 * rows * columns)));
  let before = Number.POSITIVE_INFINITY;
  for (let iteration = 1; iteration <= most; iteration++) {
    softMinima(costs, g, epsilon, f);
    softMinima(transposed, f, epsilon, nextG);
    // How far the columns' sums of the coupling by f and g are from 1 / columns, in shares of it.
    const off = g.reduce(
      (sum, value, j) => sum + Math.abs(Math.expm1((value - (nextG[j] ?? 0)) / epsilon)),
      0,
    );
    g.set(nextG);
    // With g just set, the coupling's mass is 1, and the last term 0.
    if (off <= tolerance * columns) return ok(mean(f) + mean(g));
    if (iteration % lookEvery !== 0) continue;
    const rate = Math.log(off / before) / lookEvery;
    const needed = Math.log((tolerance * columns) / off) / rate;
    if (before < Number.POSITIVE_INFINITY && !(rate < 0 && iteration + needed <= patience * most)) {
      return err(iteration);
    }
    before = off;
  }
  return err(most);
}

/** Moves both potentials half of the way to their soft minima, each with the other as it was. */
function average(
  {
    costs,
    transposed,
    f,
    g,
    nextF,
    nextG,
  }: Readonly<Record<'costs' | 'transposed' | 'f' | 'g' | 'nextF' | 'nextG', Float64Array>>,
  epsilon: number,
): void {
  softMinima(costs, g, epsilon, nextF);
  softMinima(transposed, f, epsilon, nextG);
  for (let i = 0; i < f.length; i++) f[i] = ((f[i] ?? 0) + (nextF[i] ?? 0)) / 2;
  for (let j = 0; j < g.length; j++) g[j] = ((g[j] ?? 0) + (nextG[j] ?? 0)) / 2;
}

/** out(i) = -epsilon log( mean over j of exp((potentials(j) - costs(i, j)) / epsilon) ). */
function softMinima(costs: Float64Array, potentials: Float64Array, epsilon: number, out: Float64Array): void {
  const count = potentials.length;
  for (let row = 0; row < out.length; row++) {
    const start = row * count;
    let most = Number.NEGATIVE_INFINITY;
    for (let column = 0; column < count; column++) {
      const gain = (potentials[column] ?? 0) - (costs[start + column] ?? 0);
      if (gain > most) most = gain;
    }
    let sum = 0;
    for (let column = 0; column < count; column++) {
      const exponent = ((potentials[column] ?? 0) - (costs[start + column] ?? 0) - most) / epsilon;
      if (exponent > negligible) sum += Math.exp(exponent);
    }
    out[row] = -most - epsilon * Math.log(sum / count);
  }
}

function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const transposed = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      transposed[column * rows + row] = matrix[row * columns + column] ?? 0;
    }
  }
  return transposed;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

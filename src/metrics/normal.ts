/** The distribution function of N(0, 1) at x: the chance of a value of at most x. To about 1e-15. */
export function normalCdf(x: number): number {
  return x < 0 ? upperTail(-x) : 1 - upperTail(x);
}

const switchAt = 3;
const density = (x: number): number => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);

/** The chance of a value above x, for x of 0 and more (Abramowitz and Stegun 1964, 26.2.11 and 26.2.14). */
function upperTail(x: number): number {
  return x < switchAt ? 0.5 - density(x) * centralSeries(x) : density(x) / continuedFraction(x);
}

/** x + x^3 / 3 + x^5 / (3 5) + ... */
function centralSeries(x: number): number {
  let [term, sum] = [x, 0];
  for (let odd = 3; sum + term !== sum; odd += 2) {
    sum += term;
    term *= (x * x) / odd;
  }
  return sum;
}

/** x + 1 / (x + 2 / (x + 3 / ...)) */
function continuedFraction(x: number): number {
  let value = x;
  for (let k = 150; k >= 1; k -= 1) value = x + k / value;
  return value;
}

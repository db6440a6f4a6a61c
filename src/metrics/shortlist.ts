/** Columns kept for each row. More make searches rarer and each of them longer; 12 were best of 12, 24 and 48. */
const kept = 12;

/**
 * For each row the columns that may be its best two, so that a bid of an auction need not look at all of them.
 *
 * As an auction only lowers potentials, a reduced cost c(i, j) - v(j) never falls: a column that was worse than all of
 * the list when the row was last searched is still no better than the worst of the list was then. While the second
 * best of the list is within that bound, it is the second best of all.
 */
export class Shortlist {
  readonly #costs: Float64Array;
  readonly #potentials: Float64Array;
  readonly #count: number;
  readonly #width: number;
  /** `width` a row, by ascending reduced cost when the row was searched. */
  readonly #columns: Int32Array;
  readonly #columnCosts: Float64Array;
  /** What a column outside the list costs at least; minus infinity before the first search. */
  readonly #bound: Float64Array;
  readonly #reduced: Float64Array;

  /** What `look` found: the row's best column, and by how much the second is worse. */
  best = 0;
  gain = 0;

  /** @param potentials of the columns; they may change between looks, but only fall */
  constructor(costs: Float64Array, count: number, potentials: Float64Array) {
    this.#costs = costs;
    this.#potentials = potentials;
    this.#count = count;
    this.#width = Math.min(kept, count);
    this.#columns = new Int32Array(count * this.#width);
    this.#columnCosts = new Float64Array(count * this.#width);
    this.#bound = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.#reduced = new Float64Array(this.#width);
  }

  /** Finds the row's best column and its gain over the second. */
  look(row: number): void {
    if (this.#width === 1) return;
    const second = this.#lookAtList(row);
    if (second <= (this.#bound[row] ?? 0)) return;
    this.#search(row);
    this.#lookAtList(row);
  }

  #lookAtList(row: number): number {
    const [columns, costs, potentials] = [this.#columns, this.#columnCosts, this.#potentials];
    const start = row * this.#width;
    let best = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (let place = start; place < start + this.#width; place++) {
      const column = columns[place] ?? 0;
      const reduced = (costs[place] ?? 0) - (potentials[column] ?? 0);
      if (reduced >= second) continue;
      if (reduced < best) {
        second = best;
        best = reduced;
        this.best = column;
      } else {
        second = reduced;
      }
    }
    this.gain = second - best;
    return second;
  }

  #worstOfList(row: number): number {
    if (this.#bound[row] === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
    let worst = Number.NEGATIVE_INFINITY;
    for (let place = row * this.#width; place < (row + 1) * this.#width; place++) {
      const reduced = (this.#columnCosts[place] ?? 0) - (this.#potentials[this.#columns[place] ?? 0] ?? 0);
      if (reduced > worst) worst = reduced;
    }
    return worst;
  }

  /** Looks at all columns, and keeps the best. */
  #search(row: number): void {
    const [reduced, columns, costs] = [this.#reduced, this.#columns, this.#columnCosts];
    const potentials = this.#potentials;
    const [rowStart, start, last] = [row * this.#count, row * this.#width, this.#width - 1];
    // The best of now are no worse than the worst of the list before: few columns are put into the list and out again.
    let worst = justAbove(this.#worstOfList(row));
    reduced.fill(Number.POSITIVE_INFINITY);
    let filled = 0;
    for (let column = 0; column < this.#count; column++) {
      const cost = this.#costs[rowStart + column] ?? 0;
      const here = cost - (potentials[column] ?? 0);
      if (here >= worst) continue;
      let place = Math.min(filled, last);
      for (; place > 0 && (reduced[place - 1] ?? 0) > here; place--) {
        reduced[place] = reduced[place - 1] ?? 0;
        columns[start + place] = columns[start + place - 1] ?? 0;
        costs[start + place] = costs[start + place - 1] ?? 0;
      }
      reduced[place] = here;
      columns[start + place] = column;
      costs[start + place] = cost;
      filled++;
      if (filled > last) worst = reduced[last] ?? 0;
    }
    this.#bound[row] = worst;
  }
}

/** A little more, so that what is compared by `<` includes the value itself. */
function justAbove(value: number): number {
  return value + Math.abs(value) * Number.EPSILON + Number.MIN_VALUE;
}

import { invariant } from '../base/invariant.js';
import { auction, type Matching } from './auction.js';

/** An optimal assignment, and the potentials that prove it: see `optimalAssignment`. */
export interface Assignment {
  /** The column of each row: a permutation. */
  readonly columnOf: Int32Array;
  /** What each row costs at least. */
  readonly rowPotentials: Float64Array;
  readonly columnPotentials: Float64Array;
}

/**
 * The assignment problem: the permutation s that minimises the sum over rows i of `costs[i][s(i)]`, exactly.
 *
 * With potentials u and v so that u(i) + v(j) <= c(i, j) for all pairs, no assignment costs less than
 * sum u + sum v; one of pairs at which this is an equality costs just that, and so is optimal. An auction finds
 * potentials near the best; a reduction of columns and rows (Jonker and Volgenant 1987, "A Shortest Augmenting Path
 * Algorithm for Dense and Sparse Linear Assignment Problems", Computing 38) makes most pairs equalities, and
 * shortest augmenting paths assign what rows are left. The number of operations is at most of order `count` cubed, in
 * practice some hundreds times `count` squared. Memory beside the costs is a few numbers a row.
 *
 * @param costs row after row, `count` times `count`, finite
 */
export function optimalAssignment(costs: Float64Array, count: number): Assignment {
  invariant(costs.length === count * count, 'costs are a square');
  const columnPotentials = new Float64Array(count);
  const matching = auction(costs, count, columnPotentials);
  reduce(costs, count, columnPotentials, matching);
  const search = new PathSearch(costs, count, columnPotentials, matching);
  for (let row = 0; row < count; row++) if (matching.columnOf[row] === -1) search.assign(row);
  return {
    columnOf: matching.columnOf,
    rowPotentials: rowMinima(costs, count, columnPotentials),
    columnPotentials,
  };
}

/**
 * Raises potentials of columns as far as the rows' allow, so that each has a row with equality; keeps the pairs of the
 * matching that are equalities, and adds such where both sides are free.
 */
function reduce(
  costs: Float64Array,
  count: number,
  potentials: Float64Array,
  { columnOf, rowOf }: Matching,
): void {
  const minima = rowMinima(costs, count, potentials);
  const nearestRow = new Int32Array(count);
  potentials.fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < count; row++) {
    const minimum = minima[row] ?? 0;
    const rowStart = row * count;
    for (let column = 0; column < count; column++) {
      const left = (costs[rowStart + column] ?? 0) - minimum;
      if (left >= (potentials[column] ?? 0)) continue;
      potentials[column] = left;
      nearestRow[column] = row;
    }
  }
  for (let row = 0; row < count; row++) {
    const column = columnOf[row] ?? -1;
    if (column === -1) continue;
    if ((costs[row * count + column] ?? 0) - (minima[row] ?? 0) <= (potentials[column] ?? 0)) continue;
    columnOf[row] = -1;
    rowOf[column] = -1;
  }
  for (let column = 0; column < count; column++) {
    const row = nearestRow[column] ?? 0;
    if (rowOf[column] !== -1 || columnOf[row] !== -1) continue;
    rowOf[column] = row;
    columnOf[row] = column;
  }
}

/** The least reduced cost of each row: its best potential, given those of the columns. */
function rowMinima(costs: Float64Array, count: number, potentials: Float64Array): Float64Array {
  const minima = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < count; row++) {
    const rowStart = row * count;
    let minimum = Number.POSITIVE_INFINITY;
    for (let column = 0; column < count; column++) {
      const reduced = (costs[rowStart + column] ?? 0) - (potentials[column] ?? 0);
      if (reduced < minimum) minimum = reduced;
    }
    minima[row] = minimum;
  }
  return minima;
}

/** Dijkstra's search over columns, from a free row to the nearest free column by reduced costs. */
class PathSearch {
  readonly #costs: Float64Array;
  readonly #count: number;
  readonly #potentials: Float64Array;
  readonly #matching: Matching;
  readonly #distance: Float64Array;
  readonly #from: Int32Array;
  /** Columns: first those that are done, then those at the least distance, then the others. */
  readonly #columns: Int32Array;

  constructor(costs: Float64Array, count: number, potentials: Float64Array, matching: Matching) {
    this.#costs = costs;
    this.#count = count;
    this.#potentials = potentials;
    this.#matching = matching;
    this.#distance = new Float64Array(count);
    this.#from = new Int32Array(count);
    this.#columns = new Int32Array(count);
  }

  /** Assigns one more row, moving others along the shortest path; potentials stay feasible, and pairs equalities. */
  assign(free: number): void {
    const { columnOf, rowOf } = this.#matching;
    let column = this.#nearestFreeColumn(free);
    for (;;) {
      const row = this.#from[column] ?? 0;
      const left = columnOf[row] ?? -1;
      rowOf[column] = row;
      columnOf[row] = column;
      if (row === free) return;
      column = left;
    }
  }

  #nearestFreeColumn(free: number): number {
    const [distance, from, columns] = [this.#distance, this.#from, this.#columns];
    const [costs, potentials, count] = [this.#costs, this.#potentials, this.#count];
    const { rowOf } = this.#matching;
    for (let column = 0; column < count; column++) {
      distance[column] = (costs[free * count + column] ?? 0) - (potentials[column] ?? 0);
      from[column] = free;
      columns[column] = column;
    }
    let [done, reached, least] = [0, 0, 0];
    for (;;) {
      if (done === reached) {
        // The next distance: all columns at it come to stand behind those that are done.
        const settled = done;
        least = Number.POSITIVE_INFINITY;
        for (let place = settled; place < count; place++) {
          const column = columns[place] ?? 0;
          const here = distance[column] ?? 0;
          if (here > least) continue;
          if (here < least) {
            least = here;
            reached = settled;
          }
          columns[place] = columns[reached] ?? 0;
          columns[reached++] = column;
        }
        for (let place = settled; place < reached; place++) {
          const column = columns[place] ?? 0;
          if (rowOf[column] === -1) return this.#settle(column, settled, least);
        }
      }
      const through = columns[done++] ?? 0;
      const row = rowOf[through] ?? 0;
      const rowStart = row * count;
      const offset = (costs[rowStart + through] ?? 0) - (potentials[through] ?? 0) - least;
      for (let place = reached; place < count; place++) {
        const column = columns[place] ?? 0;
        const here = (costs[rowStart + column] ?? 0) - (potentials[column] ?? 0) - offset;
        if (here >= (distance[column] ?? 0)) continue;
        distance[column] = here;
        from[column] = row;
        if (here > least) continue;
        if (rowOf[column] === -1) return this.#settle(column, done, least);
        columns[place] = columns[reached] ?? 0;
        columns[reached++] = column;
      }
    }
  }

  /** Lowers the potentials of columns nearer than the end of the path, so that the path is made of equalities. */
  #settle(end: number, settled: number, least: number): number {
    for (let place = 0; place < settled; place++) {
      const column = this.#columns[place] ?? 0;
      this.#potentials[column] = (this.#potentials[column] ?? 0) + (this.#distance[column] ?? 0) - least;
    }
    return end;
  }
}

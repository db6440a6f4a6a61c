import { Shortlist } from './shortlist.js';

/** Who is assigned to whom: a column for each row and a row for each column, -1 where there is none yet. */
export interface Matching {
  readonly columnOf: Int32Array;
  readonly rowOf: Int32Array;
}

/** Each round's bids rise by a seventh of those of the round before. */
const refinement = 7;
/** In the last round a bid rises by the range of the costs, over the count and this: most pairs are optimal then. */
const lastRoundPerRow = 20_000;
/** More than ever seen (some 500): after these, the rest is left to the exact solver, whose time is bounded. */
const bidsPerRow = 2000;

/**
 * Bertsekas' auction with epsilon scaling (1988, "The auction algorithm", Annals of Operations Research 14): rows
 * bid for columns, each bid raising a column's price by the bidder's gain over its second choice, plus epsilon.
 * Prices settle near optimal potentials in about 50 bids a row whatever the points look like, where augmenting paths
 * from scratch take long on clouds that lie far apart or on a generator that has collapsed.
 *
 * @param costs row after row, `count` times `count`, finite
 * @param potentials of the columns, minus their prices: read and changed
 * @returns a matching that is optimal within epsilon a row, or an incomplete one
 */
export function auction(costs: Float64Array, count: number, potentials: Float64Array): Matching {
  const rowOf = new Int32Array(count).fill(-1);
  const columnOf = new Int32Array(count).fill(-1);
  const { range, scale } = extentOf(costs);
  // Below this, adding epsilon to a price may not change it, and an auction would go on for ever.
  const finest = Math.max(range / (lastRoundPerRow * count), scale * 2 ** -38);
  const waiting = new Int32Array(count);
  const shortlist = new Shortlist(costs, count, potentials);
  let bidsLeft = bidsPerRow * count;

  for (let epsilon = range / 4; epsilon > 0; epsilon /= refinement) {
    const step = Math.max(epsilon, finest);
    rowOf.fill(-1);
    columnOf.fill(-1);
    for (let row = 0; row < count; row++) waiting[row] = row;
    let length = count;
    while (length > 0 && bidsLeft > 0) {
      bidsLeft--;
      const row = waiting[--length] ?? 0;
      shortlist.look(row);
      const column = shortlist.best;
      potentials[column] = (potentials[column] ?? 0) - shortlist.gain - step;
      const outbid = rowOf[column] ?? -1;
      rowOf[column] = row;
      columnOf[row] = column;
      if (outbid >= 0) {
        columnOf[outbid] = -1;
        waiting[length++] = outbid;
      }
    }
    if (step === finest || bidsLeft === 0) break;
  }
  return { columnOf, rowOf };
}

function extentOf(costs: Float64Array): { range: number; scale: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const cost of costs) {
    if (cost < least) least = cost;
    if (cost > most) most = cost;
  }
  return { range: most - least, scale: Math.max(Math.abs(least), Math.abs(most)) };
}

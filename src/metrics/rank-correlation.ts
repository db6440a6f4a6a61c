/** How alike two series rank their entries: from -1, in opposite order, to 1, in the same. */
export interface RankCorrelation {
  /** Spearman's rho: the correlation of the ranks, equal values sharing the mean of theirs. */
  readonly spearman: number;
  /** Kendall's tau-b: pairs in the same order less those in opposite order, corrected for ties. */
  readonly kendall: number;
}

/**
 * Of two series of finite numbers, entry by entry (Kendall and Gibbons 1990, "Rank Correlation Methods", chapters 1 and 3).
 * Undefined where it has no meaning: of fewer than 3 entries, or of a series that is constant.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): RankCorrelation | undefined {
  const isConstant = (series: readonly number[]) => series.every((value) => value === series[0]);
  if (a.length < 3 || a.length !== b.length || isConstant(a) || isConstant(b)) return undefined;
  return { spearman: correlation(ranks(a), ranks(b)), kendall: tau(a, b) };
}

function ranks(series: readonly number[]): readonly number[] {
  return series.map((value) => {
    const below = series.filter((other) => other < value).length;
    const equal = series.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [centredA, centredB] = [centred(a), centred(b)];
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, k) => sum + value * (y[k] ?? 0), 0);
  return product(centredA, centredB) / Math.sqrt(product(centredA, centredA) * product(centredB, centredB));
}

function centred(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function tau(a: readonly number[], b: readonly number[]): number {
  let [agreement, untiedA, untiedB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const signA = Math.sign((a[i] ?? 0) - (a[j] ?? 0));
      const signB = Math.sign((b[i] ?? 0) - (b[j] ?? 0));
      agreement += signA * signB;
      untiedA += Math.abs(signA);
      untiedB += Math.abs(signB);
    }
  }
  return agreement / Math.sqrt(untiedA * untiedB);
}

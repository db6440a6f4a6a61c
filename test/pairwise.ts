/** Some values for each of several factors. */
type Factors = Readonly<Record<string, readonly unknown[]>>;
type Row<F extends Factors> = { readonly [Name in keyof F]: F[Name][number] };

/**
 * Rows in which every two values of two factors stand together in one row at least: most mistakes of a combination are
 * mistakes of two. Greedy, and always the same: each row takes the value that meets most pairs not met before.
 */
export function pairwise<const F extends Factors>(factors: F): readonly Row<F>[] {
  const names = Object.keys(factors);
  const valuesOf = (name: string) => factors[name] ?? [];
  const pair = (a: string, i: number, b: string, j: number) =>
    a < b ? `${a}=${i},${b}=${j}` : `${b}=${j},${a}=${i}`;
  const open = new Set(
    names.flatMap((a) =>
      names
        .filter((b) => a < b)
        .flatMap((b) => valuesOf(a).flatMap((_, i) => valuesOf(b).map((_, j) => pair(a, i, b, j)))),
    ),
  );
  const rows: Row<F>[] = [];
  while (open.size > 0) {
    const [first = ''] = open;
    const chosen = new Map(
      first.split(',').map((part): [string, number] => {
        const [name = '', index] = part.split('=');
        return [name, Number(index)];
      }),
    );
    for (const name of names.filter((other) => !chosen.has(other))) {
      const met = valuesOf(name).map(
        (_, i) => [...chosen].filter(([other, j]) => open.has(pair(name, i, other, j))).length,
      );
      chosen.set(name, met.indexOf(Math.max(...met)));
    }
    for (const [a, i] of chosen) for (const [b, j] of chosen) if (a !== b) open.delete(pair(a, i, b, j));
    const row = names.map((name) => [name, valuesOf(name)[chosen.get(name) ?? 0]]);
    rows.push(Object.fromEntries(row) as Row<F>);
  }
  return rows;
}

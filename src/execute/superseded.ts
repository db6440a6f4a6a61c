/** What is left where a training goes on from an earlier step: what it reported of later ones is superseded. */
export function upTo<Reported extends { readonly step: number }>(
  reported: readonly Reported[],
  step: number,
): Reported[] {
  return reported.filter((one) => one.step <= step);
}

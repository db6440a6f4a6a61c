import type { Axes } from './axes.js';

/** Axes that are no part of the matrix. */
const others = ['arm', 'seed'];

/** The axes of a variant that `across` names: `matrix` is all that are neither arms nor seeds, sweeps included. */
export function collectedAxes(across: readonly string[], axes: Axes): ReadonlySet<string> {
  return new Set(
    Object.keys(axes).filter(
      (axis) => across.includes(axis) || (across.includes('matrix') && !others.includes(axis)),
    ),
  );
}

/** Where a variant stands on some of the axes: equal for variants that stand at one place. */
export function placeOn(axes: Axes, isCounted: (axis: string) => boolean): string {
  return JSON.stringify(Object.entries(axes).filter(([axis]) => isCounted(axis)));
}

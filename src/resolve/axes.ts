/** A coordinate of a variant: a seed, the name of an arm, a value of the matrix or the name of one. */
export type AxisValue = string | number | boolean;

/** Where a variant stands in the fan-out, in the order of its axes; empty in a file without one. */
export type Axes = Readonly<Record<string, AxisValue>>;

/** As in `arm=penalty,seed=1`. */
export function axesName(axes: Axes): string {
  return Object.entries(axes)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(',');
}

/** Whether all coordinates of a part are those of the whole. */
export function isPartOf(part: Axes, axes: Axes): boolean {
  return Object.entries(part).every(([axis, value]) => axes[axis] === value);
}

/** The axis of repetitions: what differs along it is chance. */
export const replication = 'seed';

/** A place without the seed: what is repeated there. */
export function withoutSeed({ [replication]: _, ...others }: Axes): Axes {
  return others;
}

import type { RunStarted } from '../execute/events.js';
import type { AxisValue } from '../resolve/axes.js';

/** The axes of a past run with their values; empty where its file had none. Only our own records come here. */
export function axesIn({
  specification,
}: Pick<RunStarted, 'specification'>): Readonly<Record<string, readonly AxisValue[]>> {
  return (specification['axes'] ?? {}) as Readonly<Record<string, readonly AxisValue[]>>;
}

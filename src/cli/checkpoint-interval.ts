import type { CheckpointInterval } from '../execute/contract.js';

/** How often trainings put away how far they have come, unless they are told otherwise. */
export const defaultCheckpointInterval: CheckpointInterval = { seconds: 30 };

const secondsIn = { s: 1, min: 60, h: 3600 } as const;

/** Reads `30s`, `5min`, `1h`, or a number of generator steps; undefined for anything else. */
export function checkpointIntervalOf(text: string): CheckpointInterval | undefined {
  const [, digits = '', unit] = /^(\d+)(s|min|h)?$/.exec(text) ?? [];
  const count = Number(digits);
  if (count < 1) return undefined;
  return unit === undefined
    ? { steps: count }
    : { seconds: count * secondsIn[unit as keyof typeof secondsIn] };
}

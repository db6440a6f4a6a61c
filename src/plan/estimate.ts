/** How long a stage took, and how much work that was, in a unit of its own; undefined where that is not known. */
export interface Timing {
  readonly seconds: number;
  readonly work: number | undefined;
}

/**
 * How long a stage will take, in seconds, by what the same stage took before, or else by what others of its name took on
 * average; in proportion to the work. Undefined where they do not tell.
 */
export function estimateSeconds(
  work: number | undefined,
  same: Timing | undefined,
  alike: readonly Timing[],
): number | undefined {
  const bySame = same && scaled(same, work);
  if (bySame !== undefined) return bySame;
  const seconds = alike.flatMap((timing) => scaled(timing, work) ?? []);
  return seconds.length === 0 ? undefined : seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
}

function scaled(timing: Timing, work: number | undefined): number | undefined {
  if (timing.work === undefined || work === undefined) {
    return timing.work === work ? timing.seconds : undefined;
  }
  return (timing.seconds * work) / timing.work;
}

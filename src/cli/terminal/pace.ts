/**
 * How fast work goes, from what was done by when: both the amount and the time fade with a half-life of some
 * seconds, and their ratio is the rate. Recent work counts most, and no first value biases it. Pure: times come
 * in by argument, in milliseconds.
 */
export interface Pace {
  readonly done: number;
  readonly time: number;
  /** Faded amount and seconds since the first report. What came before it (loading, compiling) is no work. */
  readonly amount: number;
  readonly seconds: number;
}

/** Seconds until a piece of the past counts by 1/e: long enough for a steady number, short enough to follow. */
const memory = 10;

export function startPace(done: number, time: number): Pace {
  return { done, time, amount: 0, seconds: 0 };
}

/** Work that went backwards (another attempt, another phase) starts afresh. */
export function advancePace(pace: Pace, done: number, time: number): Pace {
  if (done < pace.done) return startPace(done, time);
  const elapsed = Math.max(0, time - pace.time) / 1000;
  const kept = Math.exp(-elapsed / memory);
  return {
    done,
    time,
    amount: pace.amount * kept + (done - pace.done),
    seconds: pace.seconds * kept + elapsed,
  };
}

/** Per second; undefined as long as nothing can be said. */
export function rateOf(pace: Pace): number | undefined {
  return pace.amount > 0 && pace.seconds > 0 ? pace.amount / pace.seconds : undefined;
}

export function secondsLeft(pace: Pace, total: number): number | undefined {
  const rate = rateOf(pace);
  return rate === undefined ? undefined : Math.max(0, total - pace.done) / rate;
}

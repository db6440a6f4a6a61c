/** Numbers by MLflow's names of system metrics, without `system/`. */
export type Readings = Readonly<Record<string, number>>;

/**
 * Reads what is in use of one part of the machine. It may fail, or take for ever: whoever asks stops waiting when the signal
 * comes, and the gauge should end then what it has started.
 */
export type Gauge = (signal: AbortSignal) => Promise<Readings>;

/** Bytes in MLflow's megabyte. */
export const megabyte = 1e6;

/** 0 of nothing. */
export const percentage = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : 0);

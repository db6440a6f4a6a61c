import type { Level } from 'pino';

/** Apart from the log itself: the command line names the levels before it knows whether anything is run. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const satisfies readonly Level[];
export type LogLevel = (typeof logLevels)[number];

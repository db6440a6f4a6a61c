import type { ExitCode } from '../exit-code.js';

/** Tells the process what to exit with once nothing is left to do. */
export type Answer = (code: ExitCode) => void;

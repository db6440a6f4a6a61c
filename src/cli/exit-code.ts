/** What the process answers with; the same for every command (documented in the README). */
export const exitCode = {
  ok: 0,
  /** A stage or a gate failed, a check did not pass, or what was compared is different. */
  failed: 1,
  /** The command line or the pipeline is wrong. */
  usage: 2,
  /** Nothing failed, and a gate could not decide. */
  inconclusive: 3,
  /** By Ctrl-C: 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const satisfies Record<string, number>;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

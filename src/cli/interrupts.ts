import { exitCode } from './exit-code.js';

/** What a user who asked a run to stop is told. */
export const stoppingNotice = 'Stopping; press Ctrl-C again to end at once.';

/**
 * The first Ctrl-C (or SIGTERM, or a closed terminal) asks the work to stop and be put away; a second ends the
 * process at once, and with it its workers.
 */
export function interruptible(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    controller.abort();
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}

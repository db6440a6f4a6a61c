import { exitCode } from './exit-code.js';
import type { Surroundings } from './surroundings.js';

/**
 * The first Ctrl-C (or SIGTERM, or a closed terminal) asks the work to stop and be put away; a second ends the
 * process at once, and with it its workers.
 */
export function interruptible(stderr: Surroundings['stderr']): {
  readonly signal: AbortSignal;
  readonly release: () => void;
} {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    stderr.write('\nStopping; press Ctrl-C again to end at once.\n');
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

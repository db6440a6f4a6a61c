import { EventEmitter } from 'node:events';

import type { SaveRequests } from '../execute/worker-pool.js';
import { exitCode } from './exit-code.js';

/** What a user who asked a run to stop is told. */
export const stoppingNotice = 'Stopping; press Ctrl-C again to end at once.';

export interface Interruptible {
  /** Aborted when the work is to stop. */
  readonly signal: AbortSignal;
  readonly saveRequests: SaveRequests;
  readonly release: () => void;
}

/**
 * The first Ctrl-C (or SIGTERM, or a closed terminal) asks the work to stop and be put away; a second ends the
 * process at once, and with it its workers. SIGUSR2 asks to save how far the work has come, and goes on with it.
 */
export function interruptible(): Interruptible {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    controller.abort();
  };
  const requests = new EventEmitter();
  const onSave = (): void => void requests.emit('save');
  for (const name of names) process.on(name, onSignal);
  process.on('SIGUSR2', onSave);
  return {
    signal: controller.signal,
    saveRequests: (listener) => {
      requests.on('save', listener);
      return () => requests.off('save', listener);
    },
    release: () => {
      process.off('SIGUSR2', onSave);
      for (const name of names) process.off(name, onSignal);
    },
  };
}

import { fileURLToPath } from 'node:url';

import { localCommands } from '../execute/command-runner.js';
import { localWorkers, type SaveRequests, type StartWorker } from '../execute/worker-pool.js';
import type { StageId } from '../plan/types.js';
import type { WorkerKind } from '../spec/runnable.js';
import type { Surroundings } from './surroundings.js';

interface StarterOptions extends Pick<Surroundings, 'environment' | 'now'> {
  /** What workers need to compute beyond the user's environment. */
  readonly workerVariables: Surroundings['environment'];
  readonly saveRequests?: SaveRequests;
  /** Told of each line that a stage of ours, or the user's command, prints. */
  readonly onLine: (source: 'worker' | 'command', stage: StageId, line: string) => void;
}

/** What does the work of stages: workers of this package for its own kinds, and the user's programs. */
export interface StageStarter {
  readonly workers: StartWorker<WorkerKind>;
  readonly any: StartWorker;
  readonly close: () => void;
}

export function stageStarter({
  environment,
  workerVariables,
  saveRequests,
  onLine,
  now,
}: StarterOptions): StageStarter {
  const workers = localWorkers({
    module: fileURLToPath(new URL('worker.js', import.meta.url)),
    environment: { ...environment, ...workerVariables },
    log: (stage, line) => onLine('worker', stage, line),
    ...(saveRequests && { saveRequests }),
  });
  const commands = localCommands({
    environment,
    log: (stage, line) => onLine('command', stage, line),
    now,
  });
  return {
    workers,
    // A command needs no worker process in between.
    any: (job, watch) => (job.kind === 'command' ? commands.start(job, watch) : workers(job, watch)),
    close: () => commands.close(),
  };
}

import type { Result } from '../../base/result.js';
import type { StageEvent, StageInput } from '../../execute/contract.js';
import type { StageFailure } from '../../execute/events.js';
import type { StartWorker } from '../../execute/worker-pool.js';
import type { CheckpointPlace } from '../../execute/worker-protocol.js';
import type { BackendName, RunnableStage } from '../../plan/types.js';
import type { WorkerKind } from '../../spec/runnable.js';

/** A training of the user's pipeline, cut to some generator steps. */
export interface TrialOptions {
  readonly stage: RunnableStage & { readonly kind: 'train' };
  /** The finished dataset that it reads. */
  readonly dataset: StageInput;
  readonly backend: BackendName;
  /** Generator steps, an even number. */
  readonly steps: number;
  readonly startWorker: StartWorker<WorkerKind>;
  readonly signal: AbortSignal;
}

/** What one attempt at a training did, and left. */
export interface Attempt {
  /** Absolute path of its output folder. */
  readonly output: string;
  readonly events: readonly StageEvent[];
  readonly result: Result<undefined, StageFailure>;
  /** Generator steps that had been made before it. */
  readonly before: number;
}

/** @param killAt The generator step whose report is answered with SIGKILL. */
export async function attemptAt(
  { stage, dataset, backend, steps, startWorker, signal }: TrialOptions,
  output: string,
  checkpoint: CheckpointPlace,
  killAt?: number,
): Promise<Attempt> {
  const events: StageEvent[] = [];
  let worker: number | undefined;
  const result = await startWorker(
    {
      stage: stage.id,
      kind: 'train',
      fields: { ...stage.fields, budget: { generator_steps: steps } },
      inputs: { dataset },
      output,
      backend,
      checkpoint,
    },
    {
      signal,
      onStart: (pid) => (worker = pid),
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'metrics' && event.step === killAt && worker !== undefined) kill(worker);
      },
    },
  );
  const [first] = events.flatMap((event) => (event.type === 'progress' ? [event.done] : []));
  return { output, events, result, before: first ?? 0 };
}

/** Generator steps that an attempt came to. */
export function lastStep({ events }: Attempt): number {
  return events.findLast((event) => event.type === 'metrics')?.step ?? 0;
}

function kill(worker: number): void {
  try {
    process.kill(-worker, 'SIGKILL');
  } catch {
    // It has ended by itself; its result says so.
  }
}

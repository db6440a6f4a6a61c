import { text } from 'node:stream/consumers';

import { systemProblem } from '../files/system-problem.js';
import type { WorkerKind } from '../spec/runnable.js';
import { StoredCheckpoints } from './checkpoints.js';
import { StageDiverged, StageProblem, type StageImplementation, type StageRegistry } from './contract.js';
import { endWithParent } from './end-with-parent.js';
import { thisMachine } from './machine.js';
import { writeWhole } from './write-whole.js';
import {
  assignmentOf,
  messageDescriptor,
  messageLine,
  type StageJob,
  type WorkerMessage,
} from './worker-protocol.js';

/**
 * The whole of a worker process: does the one job that comes on standard input, tells on descriptor 3 how it
 * goes, and exits. SIGTERM asks the stage to stop, SIGUSR2 to save how far it has come; the parent's death ends the
 * process at once.
 */
export async function serveStage(registry: StageRegistry): Promise<void> {
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  // A terminal sends Ctrl-C to a whole process group; what it means is the parent's to decide.
  process.on('SIGINT', () => undefined);
  let askToSave = (): void => undefined;
  process.on('SIGUSR2', () => askToSave());
  // Exceptions outside the stage's own promise: a callback's, or a rejection that nobody awaits.
  process.on('uncaughtException', (error) => finish(crashOf(error)));

  const { job, parent } = assignmentOf(await text(process.stdin));
  endWithParent(parent);
  const checkpoints = new StoredCheckpoints({
    ...job.checkpoint,
    output: job.output,
    machine: thisMachine(process.env),
    now: Date.now,
    tell: (event) => tell({ type: 'event', event }),
  });
  askToSave = () => checkpoints.ask();
  finish(await outcomeOf(registry, job, checkpoints, stop.signal));
}

async function outcomeOf<K extends WorkerKind>(
  registry: StageRegistry,
  job: StageJob<K>,
  checkpoints: StoredCheckpoints,
  signal: AbortSignal,
): Promise<WorkerMessage | undefined> {
  const implementation: StageImplementation<K> = registry[job.kind];
  const { stage, fields, inputs, output, backend, samples } = job;
  try {
    await implementation({
      stage,
      fields,
      inputs,
      output,
      backend,
      ...(samples && { samples }),
      now: Date.now,
      emit: (event) => checkpoints.report(event),
      signal,
      checkpoints,
    });
  } catch (error) {
    if (error instanceof StageProblem) return problemOf(error);
    if (error instanceof StageDiverged) return { type: 'diverged', divergence: error.divergence };
    const refused = systemProblem(error);
    return refused === undefined ? crashOf(error) : { type: 'system', ...refused };
  }
  // A stage that stopped half-way because it was asked to may well return; its output is not whole.
  return signal.aborted ? undefined : { type: 'done' };
}

function problemOf({ message, field, help }: StageProblem): WorkerMessage {
  return { type: 'problem', message, field, ...(help !== undefined && { help }) };
}

function crashOf(error: unknown): WorkerMessage {
  if (!(error instanceof Error)) return { type: 'crash', message: String(error), stack: [] };
  const stack = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { type: 'crash', message: `${error.name}: ${error.message}`, stack };
}

function finish(message: WorkerMessage | undefined): never {
  if (message !== undefined) tell(message);
  // Not by waiting for an empty event loop: TensorFlow keeps threads and handles.
  process.exit(0);
}

function tell(message: WorkerMessage): void {
  writeWhole(messageDescriptor, messageLine(message));
}

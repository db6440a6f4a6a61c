import { finiteOrWord } from '../base/finite-or-word.js';
import type { BackendName, StageId } from '../plan/types.js';
import type { RunnableFields, RunnableKind, WorkerKind } from '../spec/runnable.js';
import type { CheckpointInterval, Divergence, StageEvent, StageInputs } from './contract.js';
import { withNumbers } from './event-lines.js';

/** What a worker is to do, sent to it as one JSON line on its standard input. */
interface StageJobOf<K extends RunnableKind> {
  readonly stage: StageId;
  readonly kind: K;
  readonly fields: RunnableFields[K];
  readonly inputs: StageInputs<K>;
  /** Absolute path of an empty folder. */
  readonly output: string;
  readonly backend: BackendName;
  /** Where the samples that it reads are kept; by their size unless given. */
  readonly samples?: 'memory' | 'disk';
  readonly checkpoint: CheckpointPlace;
}

/** Where, and how often, a stage puts away how far it has come. */
export interface CheckpointPlace {
  /** Absolute path of a folder, the same for every attempt at the stage's key. It need not exist. */
  readonly folder: string;
  readonly interval: CheckpointInterval;
}

export type StageJob<Kind extends RunnableKind = RunnableKind> = { [K in Kind]: StageJobOf<K> }[Kind];

/** What a worker answers, a JSON line each, on the file descriptor below. The last but `event` ends the job. */
export type WorkerMessage =
  | { readonly type: 'event'; readonly event: StageEvent }
  | { readonly type: 'done' }
  | { readonly type: 'diverged'; readonly divergence: Divergence }
  | {
      readonly type: 'problem';
      readonly message: string;
      readonly field: readonly (string | number)[];
      readonly help?: string;
    }
  | { readonly type: 'system'; readonly message: string; readonly help: string }
  | { readonly type: 'crash'; readonly message: string; readonly stack: readonly string[] };

/** Apart from standard output and standard error, where TensorFlow and other libraries write what they like. */
export const messageDescriptor = 3;

/** The job and the process that gave it, whose end ends the worker too. */
export interface Assignment {
  readonly job: StageJob<WorkerKind>;
  readonly parent: number;
}

export function assignmentLine(assignment: Assignment): string {
  return `${JSON.stringify(assignment)}\n`;
}

/** Only our own lines come here, so the shape is not checked again; nor below. */
export function assignmentOf(line: string): Assignment {
  return JSON.parse(line) as Assignment;
}

export function messageLine(message: WorkerMessage): string {
  return `${JSON.stringify(message, finiteOrWord)}\n`;
}

/** Undefined for what is no message: the first half of one whose writer was killed. */
export function messageOf(line: string): WorkerMessage | undefined {
  let message: WorkerMessage;
  try {
    message = JSON.parse(line) as WorkerMessage;
  } catch {
    return undefined;
  }
  return message.type === 'event' ? { ...message, event: withNumbers(message.event) } : message;
}

import type { FieldsByKind, InputsByKind } from './fields.js';

/**
 * What this release computes, of what the language can say. The rest is checked and planned, and refused before
 * a run (plan/runnable.ts), so that no implementation meets it.
 */
export interface RunnableFields {
  readonly dataset: FieldsByKind['dataset'];
  readonly train: FieldsByKind['train'];
  readonly evaluate: FieldsByKind['evaluate'];
  readonly sample: FieldsByKind['sample'];
  readonly classifier: FieldsByKind['classifier'];
  readonly extractor: FieldsByKind['extractor'];
  readonly curves: FieldsByKind['curves'];
  readonly command: FieldsByKind['command'];
  readonly compare: FieldsByKind['compare'];
  readonly gate: FieldsByKind['gate'];
  readonly claim: FieldsByKind['claim'];
}

/** Kinds of stages that this release runs. */
export type RunnableKind = keyof RunnableFields;

/** Those that run in a worker process; a command is a process of its own. */
export type WorkerKind = Exclude<RunnableKind, 'command'>;

/** The inputs that their implementations read. */
export interface RunnableInputs {
  readonly dataset: never;
  readonly train: InputsByKind['train'];
  readonly evaluate: 'model' | 'reference' | `against.${string}`;
  readonly sample: InputsByKind['sample'];
  readonly classifier: 'dataset';
  readonly extractor: never;
  readonly curves: InputsByKind['curves'];
  readonly command: InputsByKind['command'];
  readonly compare: InputsByKind['compare'];
  readonly gate: InputsByKind['gate'];
  readonly claim: InputsByKind['claim'];
}

/** The inputs that a stage of a kind may do without. */
export interface OptionalInputs extends Readonly<Record<RunnableKind, string>> {
  readonly dataset: never;
  readonly train: never;
  readonly evaluate: 'extractor';
  readonly sample: never;
  readonly classifier: 'test';
  readonly extractor: never;
  readonly curves: never;
  readonly command: never;
  readonly compare: never;
  readonly gate: never;
  readonly claim: never;
}

export type RunnableMetrics = RunnableFields['evaluate']['metrics'];

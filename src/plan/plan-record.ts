import type { Digest } from '../base/digest.js';
import { required } from '../base/invariant.js';
import type { JsonObject } from '../base/json.js';
import type { CodeParts } from './code-parts.js';
import { commandSources, datasetSources, extractorSources, type UserSource } from './user-sources.js';
import type { Fingerprint } from './fingerprint.js';
import type { PlannedExperiments } from './plan.js';
import { shownStages } from './shown-stages.js';
import type { Plan, PlannedStage } from './types.js';

/** Raised when the meaning of this record changes: others are read as if they were not there. */
export const recordFormat = 1;

/**
 * A plan as a run keeps it (`plan.json`): what ran, and what every stage's key was made of, so that a later plan can say
 * what has changed since. Nothing in it tells of the machine.
 */
export interface PlanRecord extends Omit<Plan, 'stages'> {
  readonly madeOf: {
    readonly format: typeof recordFormat;
    /** By kind of stage. */
    readonly kinds: Readonly<Record<string, KindRecord>>;
    readonly code: CodeParts;
  };
  readonly stages: readonly StageRecord[];
}

/** What the keys of all stages of one kind have in common. */
export type KindRecord = Pick<Fingerprint, 'implementation' | 'backend'>;

export type StageRecord = PlannedStage & {
  /** The fields as they count in the key, where they are not those that are shown. */
  readonly identity?: JsonObject;
  /** The user's files. Absent where the stage reads none. */
  readonly sources?: readonly SourceRecord[];
};

export interface SourceRecord {
  /** Where the specification names it, within the declaration: `['files', 1]`. */
  readonly field: readonly (string | number)[];
  readonly digest: Digest;
}

export function planRecord(planned: PlannedExperiments, code: CodeParts): PlanRecord {
  const { plan, fingerprints } = planned;
  const kinds: Record<string, KindRecord> = {};
  const shown = shownStages(planned);
  const stages = plan.stages.map((stage, index) => {
    const fingerprint = required(fingerprints.get(stage.id), `fingerprint of ${stage.id}`);
    const { kind, fields, implementation, backend } = fingerprint;
    kinds[kind] ??= { implementation, backend };
    const sources = sourcesOf(stage, fingerprint);
    return {
      ...required(shown[index], stage.id),
      ...(fields !== stage.fields && { identity: fields }),
      ...(sources.length > 0 && { sources }),
    };
  });
  return { ...plan, madeOf: { format: recordFormat, kinds, code }, stages };
}

/** The user's files that a stage reads, each with the field that names it. */
export function sourcesOf(stage: PlannedStage, { sources }: Fingerprint): readonly SourceRecord[] {
  const named = namedSources(stage);
  return sources.map((digest, index) => ({ field: named[index]?.field ?? [], digest }));
}

function namedSources(stage: PlannedStage): readonly UserSource[] {
  if (stage.kind === 'dataset') return datasetSources(stage.fields);
  if (stage.kind === 'extractor') return extractorSources(stage.fields);
  return stage.kind === 'command' ? commandSources(stage.fields) : [];
}

/** A line a stage: thousands of cells stay readable, and small. */
export function planRecordText({ stages, ...plan }: PlanRecord): string {
  // The pipeline's name comes first, so that a reader who looks for another's runs need not read on.
  const { pipeline, madeOf, ...rest } = plan;
  const head = JSON.stringify({ pipeline, ...rest }).slice(0, -1);
  const lines = stages.map((stage) => JSON.stringify(stage)).join(',\n');
  return `${head},\n"madeOf":${JSON.stringify(madeOf)},\n"stages":[\n${lines}\n]}\n`;
}

import type { VerdictEvent } from '../execute/judged.js';
import type { RunRecord, StageRecord } from '../execute/record.js';
import type { StageId } from '../plan/types.js';
import type { JudgingKind } from './verdict-words.js';

/** A gate or a claim that has told. */
export interface JudgedStage {
  readonly id: StageId;
  readonly kind: JudgingKind;
  readonly verdict: VerdictEvent;
  /** What is claimed, and by whom; undefined for gates. */
  readonly statement: string | undefined;
  readonly source: string | undefined;
}

/** Claims first: gates, which decide the exit code, come last. */
export function judgedStages({ stages }: Pick<RunRecord, 'stages'>): readonly JudgedStage[] {
  const judged = stages.flatMap((stage) => judgedStage(stage) ?? []);
  return [...judged.filter(({ kind }) => kind === 'claim'), ...judged.filter(({ kind }) => kind === 'gate')];
}

/** Undefined for what is no gate and no claim, or has not told. */
export function judgedStage({ stage, verdict }: StageRecord): JudgedStage | undefined {
  if (verdict === undefined) return undefined;
  const { id, kind } = stage;
  if (kind === 'gate') return { id, kind, verdict, statement: undefined, source: undefined };
  if (kind !== 'claim') return undefined;
  const { statement, source } = stage.fields;
  return { id, kind, verdict, statement, source };
}

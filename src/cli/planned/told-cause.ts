import { required } from '../../base/invariant.js';
import { positionAt } from '../../diagnostics/position.js';
import type { SourceRange } from '../../diagnostics/range.js';
import type { Cause } from '../../plan/causes.js';
import { fieldPlace, type FieldPlace } from '../../plan/field-place.js';
import type { PlannedExperiments } from '../../plan/plan.js';
import type { StageId } from '../../plan/types.js';
import type { AssessedStage } from '../assess-plan.js';

/** A cause with what only the whole plan knows of it. */
export interface ToldCause {
  readonly cause: Cause;
  /** Where the file says what the cause is about; absent for causes that no file says anything about. */
  readonly place?: FieldPlace;
  /** Of an input that has changed: whether it is to run, or in the store already. */
  readonly inputRuns: boolean;
}

/** Tells causes by one plan. */
export class Teller {
  private readonly planned: PlannedExperiments;
  private readonly running: ReadonlySet<StageId>;

  constructor(planned: PlannedExperiments, stages: readonly AssessedStage[]) {
    this.planned = planned;
    this.running = new Set(stages.filter(({ runs }) => runs).map(({ stage }) => stage.id));
  }

  tell(cause: Cause, stage: StageId): ToldCause {
    const field = fieldOf(cause);
    const experiment = required(this.planned.experiments.get(stage), `experiment of ${stage}`);
    const inputRuns =
      cause.type === 'input' && cause.change === 'changed' && this.running.has(cause.after.stage);
    return { cause, inputRuns, ...(field && { place: fieldPlace(experiment, stage, field) }) };
  }
}

/** The fields that name inputs are called like the roles of the inputs. */
function fieldOf(cause: Cause): readonly (string | number)[] | undefined {
  if (cause.type === 'field') return cause.path;
  if (cause.type === 'data') return cause.field;
  if (cause.type === 'always') return ['cache'];
  if (cause.type !== 'input' || cause.change === 'changed') return undefined;
  return [cause.change === 'removed' ? cause.before.role : cause.after.role];
}

/** `pipelines/mnist.yaml:24`, or `-S stages.train.clip=0.03` for what an argument says. */
export function placeText({ source, start }: SourceRange): string {
  const argument = /^<argument (.*)>$/s.exec(source.name)?.[1];
  return argument ?? `${source.name}:${positionAt(source, start).line}`;
}

import type { Digest } from '../../base/digest.js';
import { jsonDifferences, type JsonDifference } from '../../base/json-differences.js';
import { formatCount } from '../../base/format.js';
import { required } from '../../base/invariant.js';
import type { JsonValue } from '../../base/json.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { enumerate, quoted } from '../../diagnostics/printable.js';
import type { SourceRange } from '../../diagnostics/range.js';
import type { UserSource } from '../../plan/user-sources.js';
import type { PlannedExperiments } from '../../plan/plan.js';
import { sourceDiagnostic } from '../../plan/source-diagnostic.js';
import type { StageId } from '../../plan/types.js';
import type { PlanningWorld, SourceFault } from '../../plan/world.js';
import type { PositionedMap } from '../../source/document.js';
import { nodeAt } from '../../source/node-at.js';
import { pathText } from '../../resolve/document-path.js';
import type { LockContent } from './contract.js';

/** What is installed here. */
export type Installation = Pick<PlanningWorld, 'backendVersion'> & {
  readonly wassermill: string;
  readonly implementations: Readonly<Record<string, Digest>>;
};

/** How the data look now. */
export interface PresentData {
  readonly digestOf: (source: UserSource) => Digest | undefined;
  readonly faultOf: (source: UserSource) => SourceFault | undefined;
}

/** Where what is installed is not what a plan was frozen with: whatever the plan says, it would run otherwise. */
export function installationDifferences(lock: LockContent, here: Installation): readonly Diagnostic[] {
  const help =
    lock.wassermill === here.wassermill
      ? `go back to the code that froze it, or ${freezeAnew}`
      : `use Wassermill ${lock.wassermill}, which froze it, or ${freezeAnew}`;
  const library = lock.backend === 'cpu' ? 'tfjs' : 'TensorFlow';
  const problems: Diagnostic[] = [];
  if (lock.backendVersion !== here.backendVersion) {
    const message = `${library} was ${lock.backendVersion} when the plan was frozen, and is ${here.backendVersion}`;
    problems.push(changed(message, help));
  }
  const implementations = new Map(Object.entries(here.implementations));
  for (const [kind, digest] of Object.entries(lock.implementations)) {
    if (implementations.get(kind) === digest) continue;
    const stages = lock.stages.filter((stage) => stage.kind === kind).map(({ id }) => id);
    problems.push(
      changed(`the code of ${kind} stages has changed since the plan was frozen: ${some(stages)}`, help),
    );
  }
  return problems;
}

/** Who reads the plan otherwise than it was frozen, and what can be done about it. */
export interface Reader {
  readonly name: string;
  readonly help: string;
}

/**
 * Where a plan is not the frozen one, each cause once.
 * @param reader Unless it is given, the plan was made from the frozen texts, so that this release must be the reason.
 */
export function planDifferences(
  lock: LockContent,
  now: PlannedExperiments,
  data: PresentData,
  reader: Reader = thisRelease(lock),
): readonly Diagnostic[] {
  const problems = [...dataDifferences(lock, now, data), ...stageDifferences(lock, now, reader)];
  return [...new Map(problems.map((problem) => [identityOf(problem), problem])).values()];
}

/** Whether every stage is there under the same key. */
export function hasSameKeys(lock: LockContent, { plan }: PlannedExperiments): boolean {
  const keys = new Map<string, string>(plan.stages.map(({ id, key }) => [id, key]));
  return keys.size === lock.stages.length && lock.stages.every(({ id, key }) => keys.get(id) === key);
}

/** For keys that differ although nothing that is known to decide them does. */
export function otherKeys(): Diagnostic {
  return changed('this release gives stages other keys than the one that froze the plan', freezeAnew);
}

function dataDifferences(lock: LockContent, now: PlannedExperiments, data: PresentData): Diagnostic[] {
  const frozen = new Map(lock.sources.map(({ stage, field, digest }) => [placeOf(stage, field), digest]));
  return [...now.drafts].flatMap(([stage, draft]) => {
    const { origins } = experimentOf(now, stage);
    return draft.sources.flatMap((source): readonly Diagnostic[] => {
      const fault = data.faultOf(source);
      if (fault) return [sourceDiagnostic(origins, draft.path, source, fault)];
      const before = frozen.get(placeOf(stage, source.field));
      // Without one, the stage or its fields are others, which is told as such.
      if (before === undefined || before === data.digestOf(source)) return [];
      return [
        changed(
          `the content of ${source.path} has changed since the plan was frozen`,
          `bring the old data back, or ${freezeAnew}`,
          rangeAt(origins, [...draft.path, ...source.field]),
        ),
      ];
    });
  });
}

function thisRelease({ wassermill }: LockContent): Reader {
  return {
    name: 'this release',
    help: `use Wassermill ${wassermill}, which froze it, or ${freezeAnew}`,
  };
}

function stageDifferences(
  lock: LockContent,
  now: PlannedExperiments,
  { name: reader, help }: Reader,
): Diagnostic[] {
  const frozen = new Map(lock.stages.map((stage) => [stage.id, stage]));
  const gone = lock.stages.filter(({ id }) => !now.drafts.has(id as StageId)).map(({ id }) => id);
  const fresh = [...now.drafts.keys()].filter((id) => !frozen.has(id));
  const problems: Diagnostic[] = [];
  if (gone.length > 0) problems.push(changed(`${reader} no longer finds ${some(gone)} in the plan`, help));
  if (fresh.length > 0) problems.push(changed(`${reader} finds ${some(fresh)} in the plan, too`, help));
  for (const [stage, draft] of now.drafts) {
    const before = frozen.get(stage);
    if (before === undefined) continue;
    const { origins } = experimentOf(now, stage);
    for (const difference of jsonDifferences(before.fields, draft.identity)) {
      const name = pathText([...draft.path, ...difference.path]);
      const range = rangeAt(origins, [...draft.path, ...difference.path]);
      problems.push(changed(change(name, difference), help, range));
    }
  }
  return problems;
}

function change(name: string, { old, new: now }: JsonDifference): string {
  const said = (value: JsonValue): string => quoted(JSON.stringify(value));
  const is = now === undefined ? 'is gone' : `is ${said(now)}`;
  const was = old === undefined ? 'was not there' : `was ${said(old)}`;
  return `${quoted(name)} ${is}, and ${was} when the plan was frozen`;
}

const freezeAnew = 'freeze the plan anew, with `wassermill plan FILE --out LOCK`';

function changed(message: string, help: string, range?: SourceRange): Diagnostic {
  return { code: 'plan-changed', severity: 'error', message, ...(range && { range }), notes: [], help };
}

/** The place of a field; where only what it was inferred from has one, that. */
function rangeAt(origins: PositionedMap, path: readonly (string | number)[]): SourceRange | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node = nodeAt(origins, path.slice(0, length));
    if (node) return node.range;
  }
  return undefined;
}

function experimentOf({ experiments }: PlannedExperiments, stage: StageId) {
  return required(experiments.get(stage), `experiment of ${stage}`);
}

function placeOf(stage: string, field: readonly (string | number)[]): string {
  return JSON.stringify([stage, field]);
}

function identityOf({ code, message, range }: Diagnostic): string {
  return JSON.stringify([code, message, range?.source.path, range?.start]);
}

const mostNamed = 3;

/** As in `train`, `quality` and 5 more. */
function some(names: readonly string[]): string {
  const more = names.length - mostNamed;
  const shown = names.slice(0, mostNamed).map(quoted);
  return enumerate(more > 0 ? [...shown, `${formatCount(more)} more`] : shown);
}

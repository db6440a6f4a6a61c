import { jsonDifferences, type JsonDifference } from '../../base/json-differences.js';
import type { JsonValue } from '../../base/json.js';
import { declarationOf } from '../../plan/stage-drafts.js';
import { stageDifferences, type StageDifference } from '../../plan/stage-differences.js';
import type { AxisValue } from '../../resolve/axes.js';
import type { Side } from './side.js';

export interface AxisDifference {
  readonly axis: string;
  readonly change: 'changed' | 'new' | 'gone';
  /** Values that only the old side has, and only the new one. */
  readonly removed: readonly AxisValue[];
  readonly added: readonly AxisValue[];
}

export interface FieldDifference extends JsonDifference {
  /** As in `mnist.yaml:12`. */
  readonly oldPlace: string | undefined;
  readonly newPlace: string | undefined;
  /** False for names, descriptions and the order of stages, and for what no stage that differs reads. */
  readonly hasEffect: boolean;
}

/** What of two pipelines is different. */
export interface Differences {
  readonly axes: readonly AxisDifference[];
  readonly fields: readonly FieldDifference[];
  readonly stages: readonly StageDifference[];
  /** Whether both give the same results, data and code being equal. */
  readonly areEqual: boolean;
}

export function compareSides(old: Side, now: Side): Differences {
  const axes = axisDifferences(old.axes, now.axes);
  const stages = stageDifferences(old.stages, now.stages);
  const touched = touchedDeclarations(stages, [old, now]);
  const fields = jsonDifferences(old.specification, now.specification).map((difference): FieldDifference => ({
    ...difference,
    oldPlace: difference.old === undefined ? undefined : old.placeOf(difference.path),
    newPlace: difference.new === undefined ? undefined : now.placeOf(difference.path),
    hasEffect: hasEffect(difference.path, touched),
  }));
  const areEqual = axes.length === 0 && stages.length === 0;
  return { axes, fields, stages, areEqual };
}

function axisDifferences(old: Side['axes'], now: Side['axes']): readonly AxisDifference[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((axis): readonly AxisDifference[] => {
    const [before, after] = [valuesOf(old, axis), valuesOf(now, axis)];
    if (before === undefined) return [{ axis, change: 'new', removed: [], added: after ?? [] }];
    if (after === undefined) return [{ axis, change: 'gone', removed: before, added: [] }];
    const removed = before.filter((value) => !after.includes(value));
    const added = after.filter((value) => !before.includes(value));
    return removed.length + added.length === 0 ? [] : [{ axis, change: 'changed', removed, added }];
  });
}

function valuesOf(axes: Side['axes'], axis: string): readonly AxisValue[] | undefined {
  return Object.hasOwn(axes, axis) ? axes[axis] : undefined;
}

/** The declarations that stages which differ are made from, as in `stages.train` and `architectures.critic`. */
function touchedDeclarations(
  stages: readonly StageDifference[],
  sides: readonly Side[],
): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const { stage } of stages) {
    const declaration = declarationOf(stage);
    touched.add(declaration.join('.'));
    for (const { specification } of sides) {
      for (const role of ['generator', 'critic']) {
        const network = at(specification, [...declaration, role]);
        if (typeof network === 'string') touched.add(`architectures.${network}`);
      }
    }
  }
  return touched;
}

function at(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (found, key) =>
      typeof found === 'object' && found !== null
        ? Object.entries(found).find(([name]) => name === key)?.[1]
        : undefined,
    value,
  );
}

const labels = new Set(['version', 'name', 'desc']);
const labelsOfStages = new Set(['desc', 'needs']);

function hasEffect(
  [section = '', name = '', field = '']: readonly string[],
  touched: ReadonlySet<string>,
): boolean {
  if (labels.has(section)) return false;
  // What stands at the top by itself, such as the seed, is for all stages.
  if (name === '') return touched.size > 0;
  if (!touched.has(`${section}.${name}`)) return false;
  return section !== 'stages' || !labelsOfStages.has(field);
}

import { groupBy } from '../../base/group.js';
import type { JsonValue } from '../../base/json.js';
import type { StageRecord } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import { limits } from '../mlflow/limits.js';
import type { Param } from '../mlflow/types.js';
import { type Cell, childrenOf, wholeOf } from './cells.js';
import { keyOf } from './keys.js';

type Values = ReadonlyMap<string, string>;

/**
 * The params of each cell: its place on the axes, and of the specification what is the same in all of it and in no more than it. So the
 * whole has what its arms have in common, an arm what tells it from others, a stage that no other has among it, a seed what follows from
 * it. Datasets have inputs instead.
 */
export function paramsByCell(cells: readonly Cell[]): ReadonlyMap<Cell, readonly Param[]> {
  const params = new Map<Cell, readonly Param[]>();
  const known = new Map<StageRecord, Values>();
  const valuesOf = (stage: StageRecord): Values => {
    const values = known.get(stage) ?? specificationOf(stage);
    known.set(stage, values);
    return values;
  };
  const assign = (cell: Cell, above: ReadonlySet<string>): void => {
    const place = Object.entries(cell.axes).map(([axis, value]) => ({
      key: keyOf(axis),
      value: String(value),
    }));
    const children = childrenOf(cell, cells);
    const common = [...commonOf(cell, children, valuesOf)].filter(([key]) => !above.has(key));
    params.set(cell, [...place, ...common.map(([key, value]) => ({ key, value }))]);
    const told = new Set([...above, ...common.map(([key]) => key)]);
    for (const child of children) assign(child, told);
  };
  assign(wholeOf(cells), new Set());
  return params;
}

/** What all stages of one name say alike, for each name that is throughout the cell. */
function commonOf(cell: Cell, children: readonly Cell[], valuesOf: (stage: StageRecord) => Values): Values {
  const specified = cell.whole.filter(({ stage }) => stage.kind !== 'dataset');
  const alike = [...groupBy(specified, ({ stage }) => stageName(stage.id))].flatMap(([name, of]) => {
    if (!isThroughout(name, cell, children)) return [];
    const [first = new Map<string, string>(), ...others] = of.map(valuesOf);
    return [...first].filter(([key, value]) => others.every((other) => other.get(key) === value));
  });
  return new Map(alike);
}

/** Whether a cell has a stage itself, or all of its parts of one kind, as all arms, have it. */
function isThroughout(name: string, cell: Cell, children: readonly Cell[]): boolean {
  const isIn = (stages: readonly StageRecord[]) => stages.some(({ stage }) => stageName(stage.id) === name);
  if (isIn(cell.stages)) return true;
  const kindOf = ({ axes }: Cell) => Object.keys(axes).join();
  const kinds = new Set(children.filter(({ whole }) => isIn(whole)).map(kindOf));
  return children.every((child) => !kinds.has(kindOf(child)) || isIn(child.whole));
}

function specificationOf({ stage }: StageRecord): Values {
  // Fields are what the specification's schema describes: JSON.
  const fields = specified(stage) as unknown as JsonValue;
  return new Map(paramsOf(stageName(stage.id), fields).map(({ key, value }) => [key, value]));
}

/** Without the past runs that baselines came to: the plan among the artifacts has them. */
function specified({ kind, fields }: StageRecord['stage']) {
  if (kind !== 'gate' && kind !== 'claim') return fields;
  const assert = fields.assert.map(({ baseline, ...assertion }) => {
    if (baseline === undefined) return assertion;
    const { runs, ...spec } = baseline;
    return { ...assertion, baseline: spec };
  });
  return { ...fields, assert };
}

/**
 * A specification as params: a scalar a key, the path to it joined by dots, as in
 * `train.critic_iterations.count`. A list of scalars is one value, `[128,128]`. What is longer than MLflow
 * keeps is left out; the resolved specification among the artifacts has it.
 */
export function paramsOf(prefix: string, value: JsonValue | undefined): Param[] {
  if (value === undefined) return [];
  if (isScalar(value)) return param(prefix, String(value));
  if (Array.isArray(value) && value.every(isScalar)) return param(prefix, JSON.stringify(value));
  return Object.entries(value).flatMap(([name, member]) =>
    paramsOf(`${prefix}.${name}`, member as JsonValue),
  );
}

function isScalar(value: JsonValue): value is string | number | boolean | null {
  return value === null || typeof value !== 'object';
}

function param(name: string, value: string): Param[] {
  return value.length > limits.paramValue ? [] : [{ key: keyOf(name), value }];
}

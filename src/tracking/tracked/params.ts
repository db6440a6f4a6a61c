import type { JsonValue } from '../../base/json.js';
import { limits } from '../mlflow/limits.js';
import type { Param } from '../mlflow/types.js';
import { keyOf } from './keys.js';

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

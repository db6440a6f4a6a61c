import type { JsonObject, JsonValue } from '../../base/json.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { PositionedMap, PositionedNode } from '../../source/document.js';
import { plainValue } from '../../source/plain-value.js';
import { valueOf } from '../../source/entries.js';
import type { Axes } from '../axes.js';
import type { AxisPlace } from '../axis-places.js';
import type { StageAxes } from '../stage-axes.js';

/** A variant without errors of its own. */
export interface ResolvedVariant {
  readonly axes: Axes;
  /** Canonical. */
  readonly root: PositionedMap;
}

/** What a law about all variants of a file sees. */
export interface VariantsContext {
  /** At least two. */
  readonly variants: readonly ResolvedVariant[];
  readonly axes: ReadonlyMap<string, AxisPlace>;
  /** Which axes make a difference. */
  readonly stageAxes: StageAxes;
}

/** One law about what the variants of a file are to each other. */
export type VariantsRule = (context: VariantsContext) => readonly Diagnostic[];

/** Fields of a stage that never change its result. */
const withoutEffect = ['desc', 'needs', 'cache', 'retries', 'timeout', 'resources', 'register'];

const effects = new WeakMap<PositionedNode, string>();

/** What a declaration comes to: equal for declarations that give equal results. */
export function effectOf(node: PositionedNode | undefined): string {
  if (!node) return '';
  const known = effects.get(node);
  if (known !== undefined) return known;
  const value = plainValue(node);
  const effect = JSON.stringify(isObject(value) ? withThreads(value) : value);
  effects.set(node, effect);
  return effect;
}

function withThreads(declaration: JsonObject): JsonObject {
  const { resources } = declaration;
  const counted = Object.entries(declaration).filter(([key]) => !withoutEffect.includes(key));
  const threads = resources !== undefined && isObject(resources) ? resources['threads'] : undefined;
  return { ...Object.fromEntries(counted), ...(threads !== undefined && { threads }) };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The declarations of a section, by name. */
export function declarationsOf(root: PositionedMap, section: string): ReadonlyMap<string, PositionedNode> {
  const node = valueOf(root, section);
  return new Map(node?.kind === 'map' ? node.entries.map(({ key, value }) => [key, value]) : []);
}

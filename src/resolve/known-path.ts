import { required } from '../base/invariant.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { PositionedMap, PositionedNode } from '../source/document.js';
import { fanOutSchema } from '../spec/fan-out.js';
import { pipelineSchema, tagOf, variantOf, type Schema } from '../spec/schema.js';
import { canonicalPaths, shorthandsOf } from '../spec/shorthands.js';
import { childOf, stepsOf, unknownStep, type DocumentPath } from './document-path.js';

/** Whether the document has something at the path, or at what the path is short for. */
export function isWritten(root: PositionedMap, path: DocumentPath): boolean {
  return canonicalPaths(stepsOf(path)).some(
    (place) => place.reduce<PositionedNode | undefined>(childOf, root) !== undefined,
  );
}

/**
 * Where a path leads nowhere: neither to a value of the document nor to a field that the language has there, written
 * or not. New names of stages, variables and the like are nowhere.
 */
export function unknownPath(root: PositionedMap, path: DocumentPath): Diagnostic | undefined {
  const places = canonicalPaths(stepsOf(path));
  const gaps = places.map((place) => firstGap(root, place));
  if (gaps.includes(undefined)) return undefined;
  // The place that leads furthest knows best what was meant. Its end is that of the path, its beginning may be longer.
  const depth = Math.max(...gaps.map((gap) => gap?.index ?? 0));
  const at = gaps.findIndex((gap) => gap?.index === depth);
  const { container, known } = required(gaps[at], 'the furthest gap');
  const longer = required(places[at], 'its place').length - path.steps.length;
  return unknownStep(path, Math.max(0, depth - longer), container, known);
}

interface Gap {
  readonly index: number;
  readonly container: PositionedNode | undefined;
  readonly known: readonly string[];
}

function firstGap(root: PositionedMap, path: readonly (string | number)[]): Gap | undefined {
  let node: PositionedNode | undefined = root;
  let schemas: readonly Schema[] = [pipelineSchema, fanOutSchema];
  for (const [index, step] of path.entries()) {
    const container: PositionedNode | undefined = node;
    const variants = schemas.flatMap((schema) => variantsOf(schema, container));
    node = childOf(container, step);
    schemas = variants.flatMap((variant) => schemasOfStep(variant, step, node !== undefined));
    const isExpression = container?.kind === 'scalar';
    if (node === undefined && (schemas.length === 0 || isExpression || typeof step === 'number')) {
      return { index, container, known: variants.flatMap(keysOf) };
    }
  }
  return undefined;
}

/** The records that may hold for a value; of one that is not there, all of its kind. */
function variantsOf(schema: Schema, node: PositionedNode | undefined): readonly Schema[] {
  const variant = node && variantOf(schema, node);
  return variant ? [variant] : (schema.oneOf ?? [schema]);
}

function schemasOfStep(variant: Schema, step: string | number, isThere: boolean): readonly Schema[] {
  if (typeof step === 'number') return variant.items ? [variant.items] : [];
  const own =
    variant.properties && Object.hasOwn(variant.properties, step) ? variant.properties[step] : undefined;
  if (own) return [own];
  const short = shorthandsOf(tagOf(variant)).find(({ key, isForEditors }) => isForEditors && key === step);
  if (short) return [short.schema];
  // What the user names is known by having been named.
  return isThere ? Object.values(variant.patternProperties ?? {}) : [];
}

function keysOf(variant: Schema): readonly string[] {
  const shorthands = shorthandsOf(tagOf(variant)).map(({ key }) => key);
  return [...Object.keys(variant.properties ?? {}), ...shorthands];
}

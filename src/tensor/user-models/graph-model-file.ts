import type * as tf from '../tf.js';
import type { GraphNode } from './graph-parts.js';

/** A tensor among the weights. */
export type WeightSpec = tf.io.WeightsManifestEntry;

/** A tensor as the signature describes it: protobuf’s JSON, where whole numbers may be texts. */
export interface PortInfo {
  readonly name?: unknown;
  readonly dtype?: unknown;
  readonly tensorShape?: { readonly dim?: readonly { readonly size?: unknown }[] };
}

/** By the names that it gives them. */
export interface Signature {
  readonly inputs?: Readonly<Record<string, PortInfo>>;
  readonly outputs?: Readonly<Record<string, PortInfo>>;
}

/** What `model.json` holds, where it is what it should be. */
interface ModelFile {
  readonly format?: unknown;
  readonly modelTopology: {
    readonly node: readonly GraphNode[];
    readonly versions?: unknown;
  };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightSpec[];
  }[];
  readonly signature?: Signature | null;
}

/** Undefined where the text is no such file. */
export function modelFileOf(text: string): ModelFile | undefined {
  try {
    const file: unknown = JSON.parse(text);
    return isModelFile(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function isModelFile(value: unknown): value is ModelFile {
  if (!isMap(value) || !isMap(value['modelTopology'])) return false;
  const { node } = value['modelTopology'];
  const { weightsManifest } = value;
  return (
    (value['format'] === undefined || value['format'] === 'graph-model') &&
    Array.isArray(node) &&
    node.every(isNode) &&
    Array.isArray(weightsManifest) &&
    weightsManifest.every(isGroup) &&
    (value['signature'] === null || isLeftOutOr(isSignature)(value['signature']))
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isLeftOutOr =
  (isThat: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || isThat(value);

function isSignature(value: unknown): boolean {
  return isMap(value) && [value['inputs'], value['outputs']].every(isLeftOutOr(arePorts));
}

function arePorts(value: unknown): boolean {
  return (
    isMap(value) &&
    Object.values(value).every((info) => isMap(info) && isLeftOutOr(isShape)(info['tensorShape']))
  );
}

function isShape(value: unknown): boolean {
  return isMap(value) && isLeftOutOr((dim) => Array.isArray(dim) && dim.every(isMap))(value['dim']);
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

function isNode(value: unknown): boolean {
  if (!isMap(value)) return false;
  const { name, op, input } = value;
  return typeof name === 'string' && typeof op === 'string' && (input === undefined || isTexts(input));
}

function isGroup(value: unknown): boolean {
  if (!isMap(value) || !isTexts(value['paths'])) return false;
  const { weights } = value;
  return (
    Array.isArray(weights) &&
    weights.every(
      (spec) =>
        isMap(spec) &&
        typeof spec['name'] === 'string' &&
        typeof spec['dtype'] === 'string' &&
        Array.isArray(spec['shape']) &&
        spec['shape'].every((size) => Number.isInteger(size) && Number(size) >= 0),
    )
  );
}

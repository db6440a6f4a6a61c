import { nearest } from '../../base/suggest.js';
import { err, ok, type Result } from '../../base/result.js';
import type { InputPort, ModelFault, NetworkPorts, WantedPorts } from './fault.js';
import { nodeOf } from './graph-parts.js';
import { absentPort, ambiguousInput, listed } from './port-faults.js';
import type { SavedGraph, SavedSignature, SavedTensorInfo } from './saved-model-messages.js';

/** TensorFlow's numbers of types (types.proto). */
const types = { float32: 1, uint8: 4 } as const;

/** The input and the outputs that are named: by the signature, or, where it has none of that name, by their nodes. */
export function savedModelPorts(
  graph: SavedGraph,
  signatureName: string,
  wanted: WantedPorts,
): Result<NetworkPorts, ModelFault> {
  const signatures = Object.keys(graph.signature_def).filter((name) => name !== '__saved_model_init_op');
  const signature = own(graph.signature_def, signatureName);
  if (signature === undefined && signatures.length > 0) {
    const meant = nearest(signatureName, signatures);
    return err({
      at: 'signature',
      message: `the model has no signature \`${signatureName}\``,
      help:
        meant === undefined ? `Name one that it has: ${listed(signatures)}.` : `Did you mean \`${meant}\`?`,
    });
  }
  const input = inputPort(graph, signature, wanted.input);
  if (!input.ok) return input;
  const features = outputName(graph, signature, 'features', wanted.features);
  if (!features.ok) return features;
  if (wanted.logits === undefined) return ok({ input: input.value, features: features.value });
  const logits = outputName(graph, signature, 'logits', wanted.logits);
  return logits.ok ? ok({ input: input.value, features: features.value, logits: logits.value }) : logits;
}

function inputPort(
  graph: SavedGraph,
  signature: SavedSignature | undefined,
  wanted: string | undefined,
): Result<InputPort, ModelFault> {
  const inputs = signature?.inputs ?? {};
  const names = Object.keys(inputs);
  const [only] = names;
  const name = wanted ?? (names.length === 1 ? only : undefined);
  if (name === undefined) return err(ambiguousInput(names));
  const info = own(inputs, name);
  if (info === undefined) {
    return hasNode(graph, name)
      ? ok({ name, type: 'float32', shape: [] })
      : err(absentPort('input', name, names));
  }
  if (names.length > 1) {
    return err({
      at: 'input',
      message: `the model wants ${names.length} inputs (${listed(names)}), and images are one`,
      help: 'Export it with a signature that takes images alone.',
    });
  }
  const type = Object.entries(types).find(([, number]) => number === info.dtype)?.[0];
  if (type !== 'float32' && type !== 'uint8') {
    return err({
      at: 'input',
      message: `\`${name}\` takes values of TensorFlow’s type ${info.dtype}, and images are float32 (1) or uint8 (4)`,
      help: 'Export the model with an input of one of these.',
    });
  }
  return tensorName(info, 'input', name, (tensor) => ({ name: tensor, type, shape: shapeOf(info) }));
}

function outputName(
  graph: SavedGraph,
  signature: SavedSignature | undefined,
  at: 'features' | 'logits',
  name: string,
): Result<string, ModelFault> {
  const outputs = signature?.outputs ?? {};
  const info = own(outputs, name);
  if (info === undefined)
    return hasNode(graph, name) ? ok(name) : err(absentPort(at, name, Object.keys(outputs)));
  if (info.dtype !== types.float32) {
    return err({
      at,
      message: `\`${name}\` gives values of TensorFlow’s type ${info.dtype}, and float32 (1) is needed`,
      help: 'Export the model with outputs that are cast to float32.',
    });
  }
  return tensorName(info, at, name, (tensor) => tensor);
}

function tensorName<T>(
  { name }: SavedTensorInfo,
  at: ModelFault['at'],
  called: string,
  made: (tensor: string) => T,
): Result<T, ModelFault> {
  // The library takes names with commas in between.
  return typeof name === 'string' && plainName.test(name)
    ? ok(made(name))
    : err({ at, message: `the signature does not say which tensor \`${called}\` is` });
}

const plainName = /^[\w.>/-]+(:\d+)?$/;

function hasNode({ graph_def }: SavedGraph, tensor: string): boolean {
  const name = nodeOf(tensor);
  return plainName.test(tensor) && (graph_def?.node.some((node) => node.name === name) ?? false);
}

/** Without sizes that are open, and empty where nothing is known. */
function shapeOf({ tensor_shape: shape }: SavedTensorInfo): InputPort['shape'] {
  if (!shape || shape.unknown_rank) return [];
  return shape.dim.map(({ size }) => {
    const number = typeof size === 'number' ? size : size.toNumber();
    return number < 0 ? undefined : number;
  });
}

function own<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

import { err, ok, type Result } from '../../base/result.js';
import { absentPort, ambiguousInput, listed } from './port-faults.js';
import type { InputPort, ModelFault, NetworkPorts, WantedPorts } from './fault.js';
import type { PortInfo, Signature } from './graph-model-file.js';
import { type GraphNode, nodeOf } from './graph-parts.js';

/** The input and the outputs that are named: by the signature, or, where it has none of that name, by their nodes. */
export function graphModelPorts(
  nodes: readonly GraphNode[],
  signature: Signature,
  wanted: WantedPorts,
): Result<NetworkPorts, ModelFault> {
  const { inputs = {}, outputs = {} } = signature;
  const placeholders = nodes.filter(({ op }) => op === 'Placeholder').map(({ name }) => name);
  const named = Object.keys(inputs).length > 0 ? Object.keys(inputs) : placeholders;
  const [only] = named;
  const name = wanted.input ?? (named.length === 1 ? only : undefined);
  if (name === undefined) return err(ambiguousInput(named));
  if (placeholders.length > 1) {
    return err({
      at: 'input',
      message: `the model wants ${placeholders.length} inputs (${listed(placeholders)}), and images are one`,
      help: 'Convert a model that takes images alone.',
    });
  }
  const info = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  const input = portOf(nodes, name, info);
  if (!input) return err(absentPort('input', name, named));
  const type = info?.dtype === 'DT_UINT8' || info?.dtype === 'DT_INT32' ? 'uint8' : 'float32';
  const tensorOf = (at: 'features' | 'logits', output: string): Result<string, ModelFault> => {
    const tensor = portOf(nodes, output, Object.hasOwn(outputs, output) ? outputs[output] : undefined);
    return tensor === undefined ? err(absentPort(at, output, Object.keys(outputs))) : ok(tensor);
  };
  const features = tensorOf('features', wanted.features);
  if (!features.ok) return features;
  const ports = {
    input: { name: nodeOf(input), type, shape: shapeOf(info) } as const,
    features: features.value,
  };
  if (wanted.logits === undefined) return ok(ports);
  const logits = tensorOf('logits', wanted.logits);
  return logits.ok ? ok({ ...ports, logits: logits.value }) : logits;
}

function portOf(nodes: readonly GraphNode[], name: string, info: PortInfo | undefined): string | undefined {
  const tensor = typeof info?.name === 'string' ? info.name : name;
  return nodes.some((node) => node.name === nodeOf(tensor)) ? tensor : undefined;
}

function shapeOf(info: PortInfo | undefined): InputPort['shape'] {
  return (info?.tensorShape?.dim ?? []).map(({ size }) => {
    const number = Number(size);
    return Number.isInteger(number) && number > 0 ? number : undefined;
  });
}

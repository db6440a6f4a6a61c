import { required } from '../../base/invariant.js';
import { err, ok, type Result } from '../../base/result.js';
import { sizeOf } from '../../base/shape.js';
import * as tf from '../tf.js';
import type { ModelFault, NetworkPorts, WantedPorts } from './fault.js';
import type { FeatureNetwork, NetworkOutput } from './feature-network.js';
import { modelFileOf, type WeightSpec } from './graph-model-file.js';
import { graphModelPorts } from './graph-model-ports.js';
import { type GraphNode, neededNodes, nodeOf } from './graph-parts.js';
import { allowedOperations } from './operations.js';
import { refusedOperations } from './refused-operations.js';

/** One file of weights, and how many bytes the tensors in it take. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** What of a TensorFlow.js graph model is needed: as JSON, beside the bytes of its weights, group after group. */
export interface SoundGraphModel {
  readonly content: GraphModelContent;
  readonly groups: readonly WeightGroup[];
  readonly ports: NetworkPorts;
}

interface GraphModelContent {
  readonly modelTopology: { readonly node: readonly GraphNode[]; readonly versions?: unknown };
  readonly weightSpecs: readonly WeightSpec[];
}

/** Takes out of a graph model what some outputs need, where all of that is allowed. */
export function soundGraphModel(text: string, wanted: WantedPorts): Result<SoundGraphModel, ModelFault> {
  const file = modelFileOf(text);
  if (!file) {
    return err({
      at: 'path',
      message: 'its model.json is damaged, or no graph model of TensorFlow.js',
      help: 'Convert the model with `tensorflowjs_converter --output_format=tfjs_graph_model`.',
    });
  }
  const { node: all, versions } = file.modelTopology;
  const ports = graphModelPorts(all, file.signature ?? {}, wanted);
  if (!ports.ok) return ports;
  const { input, features, logits } = ports.value;
  const roots = [features, ...(logits === undefined ? [] : [logits]), input.name].map(nodeOf);
  const { nodes, missing } = neededNodes(all, roots, [nodeOf(input.name)]);
  if (missing !== undefined) {
    return err({ at: 'path', message: `its graph refers to \`${missing}\`, which it does not hold` });
  }
  const refused = refusedOperations(nodes, (op) => allowedOperations.graphModel.has(op), 'compute with');
  if (refused) return err(refused);
  const groups: WeightGroup[] = [];
  for (const { paths, weights } of file.weightsManifest) {
    const bytes = bytesOfAll(weights);
    if (bytes === undefined)
      return err({ at: 'path', message: 'it has weights of a type that is not known' });
    groups.push({ paths, bytes });
  }
  return ok({
    content: {
      modelTopology: { node: nodes, ...(versions !== undefined && { versions }) },
      weightSpecs: file.weightsManifest.flatMap(({ weights }) => weights),
    },
    groups,
    ports: ports.value,
  });
}

/**
 * Loads what `soundGraphModel` made, for as long as the process lives. A backend must have been loaded.
 * @throws Error in the library's words.
 */
export async function loadedGraphModel(
  content: string,
  weights: Uint8Array<ArrayBuffer>,
  ports: NetworkPorts,
): Promise<FeatureNetwork> {
  const { modelTopology, weightSpecs } = JSON.parse(content) as GraphModelContent;
  const model = await tf.loadGraphModel(
    tf.io.fromMemory({
      format: 'graph-model',
      modelTopology,
      weightSpecs: [...weightSpecs],
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
    }),
  );
  const outputs = [ports.features, ...(ports.logits === undefined ? [] : [ports.logits])];
  return {
    input: ports.input,
    run: (images) => {
      const fed = ports.input.type === 'uint8' ? images.round().toInt() : images;
      const found = [model.execute({ [ports.input.name]: fed }, outputs)].flat();
      const [features, logits] = found.map(outputOf);
      tf.dispose(found);
      if (fed !== images) fed.dispose();
      return { features: required(features, 'features'), ...(logits && { logits }) };
    },
  };
}

function outputOf(tensor: tf.Tensor): NetworkOutput {
  return { shape: tensor.shape, values: tensor.dataSync() };
}

/** As they are stored: quantised ones take less. */
function bytesOfAll(weights: readonly WeightSpec[]): number | undefined {
  let bytes = 0;
  for (const { shape, dtype, quantization } of weights) {
    const width = widths.get(quantization?.dtype ?? dtype);
    if (width === undefined) return undefined;
    bytes += width * sizeOf(shape);
  }
  return bytes;
}

const widths: ReadonlyMap<string, number> = new Map([
  ['float32', 4],
  ['int32', 4],
  ['float16', 2],
  ['uint16', 2],
  ['uint8', 1],
  ['bool', 1],
]);

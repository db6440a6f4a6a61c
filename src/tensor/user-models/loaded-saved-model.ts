import { invariant, required } from '../../base/invariant.js';
import { tensorFlow, type TensorFlowLibrary } from '../library.js';
import { tag } from '../traced/saved-model.js';
import type * as tf from '../tf.js';
import type { NetworkPorts } from './fault.js';
import type { FeatureNetwork, NetworkOutput } from './feature-network.js';

/**
 * Loads a folder that holds what `soundSavedModel` made, for as long as the process lives. TensorFlow's library must compute.
 * @throws Error in the library's words, as where files of variables are damaged.
 */
export function loadedSavedModel(folder: string, ports: NetworkPorts): FeatureNetwork {
  const library = tensorFlow();
  invariant(library !== undefined, 'TensorFlow’s library computes');
  const graph = library.binding.loadSavedModel(folder, tag);
  const fetches = [ports.features, ...(ports.logits === undefined ? [] : [ports.logits])];
  return {
    input: ports.input,
    run: (images) => {
      const [features, logits] = ran(library, graph, ports, images, fetches);
      return { features: required(features, 'features'), ...(logits && { logits }) };
    },
  };
}

function ran(
  { binding }: TensorFlowLibrary,
  graph: number,
  { input }: NetworkPorts,
  images: tf.Tensor4D,
  fetches: readonly string[],
): readonly NetworkOutput[] {
  const values = images.dataSync<'float32'>();
  const fed =
    input.type === 'uint8'
      ? binding.createTensor(images.shape, binding.TF_UINT8, Uint8Array.from(values, Math.round))
      : binding.createTensor(images.shape, binding.TF_FLOAT, values);
  try {
    const outputs = binding.runSavedModel(graph, [fed], input.name, fetches.map(indexed).join());
    return outputs.map(({ id, shape }) => {
      try {
        return { shape, values: binding.tensorDataSync(id) };
      } finally {
        binding.deleteTensor(id);
      }
    });
  } finally {
    binding.deleteTensor(fed);
  }
}

/** The add-on wants the output's index. */
const indexed = (tensor: string): string => (tensor.includes(':') ? tensor : `${tensor}:0`);

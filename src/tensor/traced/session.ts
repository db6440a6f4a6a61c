import { digestBytes } from '../../base/digest.js';
import { required } from '../../base/invariant.js';
import type { TensorFlowLibrary } from '../library.js';
import * as tf from '../tf.js';
import type { NodeDef, Output } from './graph.js';
import { encodeSavedModel, tag } from './saved-model.js';

export interface Feed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The folders that graphs have been loaded from. */
const written = new Set<string>();

/** A graph in TensorFlow's library, with variables of its own. */
export class Session {
  readonly #library: TensorFlowLibrary;
  readonly #graph: number;

  constructor(library: TensorFlowLibrary, nodes: readonly NodeDef[]) {
    this.#library = library;
    this.#graph = library.binding.loadSavedModel(folderOf(library, encodeSavedModel(nodes)), tag);
  }

  /** Computes what is fetched, and all that it needs. Values that are fed are not changed. */
  run(feeds: readonly Feed[], fetches: readonly Output[]): Float32Array[] {
    const { binding } = this.#library;
    const tensors = feeds.map(({ shape, values }) => binding.createTensor(shape, binding.TF_FLOAT, values));
    try {
      const names = feeds.map(({ name }) => name).join();
      const outputs = binding.runSavedModel(this.#graph, tensors, names, fetches.map(withIndex).join());
      return outputs.map(({ id }) => {
        const values = binding.tensorDataSync(id);
        binding.deleteTensor(id);
        return values;
      });
    } finally {
      for (const tensor of tensors) binding.deleteTensor(tensor);
    }
  }

  values(feeds: readonly Feed[], fetch: Output): Float32Array {
    return required(this.run(feeds, [fetch])[0], fetch);
  }

  /** @returns the only value. */
  number(feeds: readonly Feed[], fetch: Output): number {
    return required(this.values(feeds, fetch)[0], fetch);
  }

  dispose(): void {
    this.#library.binding.deleteSavedModel(this.#graph);
  }
}

/**
 * A folder with a saved model in TensorFlow's file system in memory: nothing is left on a disk by a process that is killed.
 * No operation removes a file there, and to write one again appends to it. So equal graphs, as those of a training that
 * goes back again and again, are loaded from one file.
 */
function folderOf(library: TensorFlowLibrary, content: Uint8Array): string {
  const folder = `ram://wassermill/${digestBytes(content)}`;
  if (!written.has(folder)) {
    const inputs = [`${folder}/saved_model.pb`, content].map((value) => tf.tensor([value], [], 'string'));
    library.executeMultipleOutputs('WriteFile', [], inputs, 0);
    tf.dispose(inputs);
    written.add(folder);
  }
  return folder;
}

/** The add-on wants the output's index. */
const withIndex = (output: Output): string => (output.includes(':') ? output : `${output}:0`);

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

let loaded = 0;

/** A graph in TensorFlow's library, with variables of its own. */
export class Session {
  readonly #library: TensorFlowLibrary;
  readonly #graph: number;

  constructor(library: TensorFlowLibrary, nodes: readonly NodeDef[]) {
    this.#library = library;
    // TensorFlow's file system in memory: nothing is left on a disk by a process that is killed.
    const folder = `ram://wassermill/graph${loaded}`;
    loaded += 1;
    const file = tf.tensor([`${folder}/saved_model.pb`], [], 'string');
    const content = tf.tensor([encodeSavedModel(nodes)], [], 'string');
    library.executeMultipleOutputs('WriteFile', [], [file, content], 0);
    tf.dispose([file, content]);
    this.#graph = library.binding.loadSavedModel(folder, tag);
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

  /** @returns the only value. */
  number(feeds: readonly Feed[], fetch: Output): number {
    const [values] = this.run(feeds, [fetch]);
    return required(values?.[0], fetch);
  }

  dispose(): void {
    this.#library.binding.deleteSavedModel(this.#graph);
  }
}

/** The add-on wants the output's index. */
const withIndex = (output: Output): string => (output.includes(':') ? output : `${output}:0`);

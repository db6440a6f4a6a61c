import { messageType } from '../messages.js';
import type { NodeDef } from './graph.js';

/** The one set of nodes that a saved model of ours has. */
export const tag = 'serve';

/** Of GraphDef's semantics, as TensorFlow 2.x writes it; libraries accept those of the past. */
export const graphVersion = 1395;

/** A graph in the form that TensorFlow's library loads: saved_model.proto, as bytes. */
export function encodeSavedModel(nodes: readonly NodeDef[]): Uint8Array {
  const savedModel = messageType('SavedModel');
  const message = savedModel.fromObject({
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { tags: [tag] },
        graph_def: { versions: { producer: graphVersion }, node: nodes },
      },
    ],
  });
  return savedModel.encode(message).finish();
}

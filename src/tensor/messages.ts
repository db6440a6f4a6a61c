import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import protobuf from 'protobufjs';

let parsed: protobuf.Root | undefined;

/** A message of TensorFlow's by its name, as in `SavedModel`. */
export function messageType(name: string): protobuf.Type {
  parsed ??= completed(parsedFile());
  return parsed.lookupType(`tensorflow.${name}`);
}

/** TensorFlow's messages, as the native package ships them. */
function parsedFile(): protobuf.Root {
  const path = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/src/proto/api.proto');
  return protobuf.parse(readFileSync(path, 'utf8'), { keepCase: true }).root;
}

/**
 * With the fields that the package's copy lacks of function.proto, op_def.proto and tensor.proto, as they are in TensorFlow 2.21:
 * what is decoded and encoded again would lose them.
 */
function completed(root: protobuf.Root): protobuf.Root {
  const { Field, MapField, Type } = protobuf;
  const functionDef = root.lookupType('tensorflow.FunctionDef');
  functionDef.add(new Type('ArgAttrs').add(new MapField('attr', 1, 'string', 'AttrValue')));
  functionDef.add(new MapField('control_ret', 6, 'string', 'string'));
  functionDef.add(new MapField('arg_attr', 7, 'uint32', 'ArgAttrs'));
  functionDef.add(new MapField('resource_arg_unique_id', 8, 'uint32', 'uint32'));
  const opDef = root.lookupType('tensorflow.OpDef');
  opDef.add(new Field('control_output', 20, 'string', 'repeated'));
  const tensor = root.lookupType('tensorflow.Tensor');
  tensor.add(new Field('half_val', 13, 'int32', 'repeated', { packed: true }));
  return root;
}

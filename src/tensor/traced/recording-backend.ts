import { InternalError, invariant, required } from '../../base/invariant.js';
import { libraryBackends, type TensorFlowLibrary } from '../library.js';
import * as tf from '../tf.js';

/** What becomes of what TensorFlow.js asks its backend for, meanwhile. */
export interface Recording extends Pick<TensorFlowLibrary, 'executeMultipleOutputs'> {
  /** @returns the identity of the data. */
  write(values: tf.BackendValues, shape: readonly number[], type: tf.DataType): object;
  read(dataId: object): tf.BackendValues;
  /** @returns how many tensors share the data then. */
  changeReferences(dataId: object, by: 1 | -1): number;
}

/** Runs something with another backend in place of TensorFlow's library, which gets the same calls as that would. */
export function withRecording<T>(recording: Recording, library: TensorFlowLibrary, body: () => T): T {
  const { computing, recording: name } = libraryBackends;
  invariant(tf.getBackend() === computing, 'only what TensorFlow’s library would compute can be recorded');
  const execute = recording.executeMultipleOutputs.bind(recording);
  const single: TensorFlowLibrary['executeSingleOutput'] = (operation, attributes, inputs) =>
    required(execute(operation, attributes, inputs, 1)[0], `the output of ${operation}`);
  // The kernels of TensorFlow.js call more of their backend than this: they find the real one's helpers.
  const backend = Object.assign(Object.create(library) as tf.KernelBackend, {
    executeSingleOutput: single,
    executeMultipleOutputs: execute,
    write: recording.write.bind(recording),
    readSync: recording.read.bind(recording),
    read: (dataId: object) => Promise.resolve(recording.read(dataId)),
    // A tensor of another backend that is needed here.
    move: () => {
      throw new InternalError('a tensor from outside is moved into a recording');
    },
    incRef: (dataId: object) => recording.changeReferences(dataId, 1),
    disposeData: (dataId: object) => recording.changeReferences(dataId, -1) <= 0,
    dispose: () => undefined,
    numDataIds: () => 0,
  });
  if (tf.getKernelsForBackend(name).length === 0) tf.copyRegisteredKernels(computing, name);
  tf.registerBackend(name, () => backend);
  try {
    use(name);
    return body();
  } finally {
    use(computing);
    tf.removeBackend(name);
  }
}

/** At once, as both backends are made without waiting. */
function use(backend: string): void {
  void tf.setBackend(backend);
  invariant(tf.getBackend() === backend, `TensorFlow.js does not use its backend ${backend}`);
}

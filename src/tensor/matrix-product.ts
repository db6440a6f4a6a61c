import { required } from '../base/invariant.js';
import { attributesOf, libraryBackends, type TensorFlowLibrary } from './library.js';
import * as tf from './tf.js';

/**
 * Has TensorFlow's backend multiply two matrices by the library's MatMul. The native package takes BatchMatMulV2 for
 * every product, which wakes a second thread even for the smallest: at two threads that cost a third of a small
 * network's step. Gradients are TensorFlow.js's own, made of the same kernel.
 */
export function useMatrixProduct(): void {
  const backendName = libraryBackends.computing;
  const general = required(tf.getKernel(tf.BatchMatMul, backendName), 'the native package’s product');
  tf.unregisterKernel(tf.BatchMatMul, backendName);
  tf.registerKernel({
    kernelName: tf.BatchMatMul,
    backendName,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as unknown as { a: tf.Tensor; b: tf.Tensor };
      if (a.shape.length !== 2 || b.shape.length !== 2) return general.kernelFunc(call);
      const { transposeA, transposeB } = call.attrs as unknown as tf.BatchMatMulAttrs;
      const library = call.backend as TensorFlowLibrary;
      const { float, bool } = attributesOf(library);
      return library.executeSingleOutput(
        'MatMul',
        [float('T'), bool('transpose_a', transposeA), bool('transpose_b', transposeB)],
        [a, b],
      );
    },
  });
}

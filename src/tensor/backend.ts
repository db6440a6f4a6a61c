import { invariant } from '../base/invariant.js';
import { ensureNative } from '../native/ensure-native.js';
import { prepareProcess } from '../native/prepare-process.js';
import { useMatrixProduct } from './matrix-product.js';
import * as tf from './tf.js';

/** Where tensors are computed: TensorFlow's library on the CPU or on an NVIDIA GPU, or plain JavaScript. */
export type BackendChoice = 'native' | 'gpu' | 'cpu';

/** TensorFlow.js's own name of each. The native package has one backend for CPU and GPU. */
const registeredNames = { native: 'tensorflow', gpu: 'tensorflow', cpu: 'cpu' } as const;

/**
 * Makes the chosen backend the one that computes, in this process, for good. Never takes another one: what
 * cannot be loaded is an error.
 *
 * @param threads inside one operation, from 1. Part of a result's identity: other numbers add in other orders.
 */
export async function loadBackend(choice: BackendChoice, threads: number): Promise<void> {
  // Or the first tensor of the JavaScript backend prints an advertisement of the native one.
  if (choice === 'cpu') tf.enableProdMode();
  else await loadNative(choice, threads);
  const name = registeredNames[choice];
  invariant(await tf.setBackend(name), `TensorFlow.js has no backend '${name}'`);
  await tf.ready();
  if (choice === 'gpu' && !(tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice) {
    throw new Error(
      'TensorFlow finds no NVIDIA GPU. `wassermill doctor` says what is missing; or run with `--backend native`.',
    );
  }
}

function prepareGpu(): void {
  // Or kernels add up in any order, and two trainings of one key differ from the first steps on.
  process.env['TF_DETERMINISTIC_OPS'] = '1';
  // Or the first process takes all of the GPU's memory, and a stage that runs beside it has none.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
}

/** TensorFlow reads these variables once, when its library is loaded. */
async function loadNative(choice: 'native' | 'gpu', threads: number): Promise<void> {
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  // Kernels are called one after another, and in the graph of an iteration there is little that could run beside
  // something else; the threads inside of an operation have the cores already.
  process.env['TF_NUM_INTEROP_THREADS'] = '1';
  // With a GPU in the machine, `native` still means the CPU: the results are other ones.
  if (choice === 'native') process.env['CUDA_VISIBLE_DEVICES'] = '-1';
  else prepareGpu();
  // The parent process has set it up; here it is found.
  const install = await ensureNative(choice, { report: () => undefined });
  if (!install.ok) throw new Error([install.error.message, ...install.error.help].join('\n'));
  prepareProcess(install.value);
  await import('@tensorflow/tfjs-node-gpu');
  useMatrixProduct();
}

import { sizeOf } from '../base/shape.js';

/**
 * What got no memory, as a clause without a full stop, where an error says that memory was refused; else undefined.
 *
 * TensorFlow's library says so in words of its own, and so do oneDNN, whose status 1 is `dnnl_out_of_memory`, and V8.
 */
export function memoryFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  if (!refusals.some((refusal) => refusal.test(message))) return undefined;
  const shape = /OOM when allocating tensor with shape\s*\[([\d,]+)\]/.exec(message)?.[1];
  const what = shape === undefined ? '' : ` for a tensor of [${shape}] (${megabytesOf(shape)} MB)`;
  const node = /\{\{node ([^}]+)\}\}/.exec(message)?.[1];
  return `there is not enough memory${what}${node === undefined ? '' : `, at ${placeOf(node)}`}`;
}

const refusals = [
  /OOM when allocating/,
  /\bStatus: 1, message: could not\b/,
  // TF_RESOURCE_EXHAUSTED
  /\bInvalid TF_Status: 8\b/,
  /\bbad_alloc\b/,
  /Array buffer allocation failed/,
];

const megabytesOf = (shape: string) => ((4 * sizeOf(shape.split(',').map(Number))) / 1e6).toFixed(1);

/** `critic_step0/critic/conv1/filters/Conv2D_3` is what the recorder calls an operation near the filters. */
const placeOf = (node: string) => node.replaceAll('_', ' ').replaceAll('/', ', ').replace(/ \d+$/, '');

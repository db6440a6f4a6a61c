import { required } from '../base/invariant.js';
import type { NetworkState } from './state.js';
import type * as tf from './tf.js';

interface AdamOptions {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

type Algorithm =
  | { readonly type: 'rmsprop'; readonly lr: number; readonly rho: number; readonly epsilon: number }
  | ({ readonly type: 'adam' } & AdamOptions)
  | ({ readonly type: 'adamw'; readonly weight_decay: number } & AdamOptions)
  | { readonly type: 'sgd'; readonly lr: number; readonly momentum: number; readonly nesterov: boolean };

export type OptimizerOptions = Algorithm & {
  /** All gradients of a network together are made no longer than this. */
  readonly max_gradient_norm?: number;
};

type Slots = Readonly<Record<string, tf.Tensor>>;

/** The numbers of an update that may be other ones at the next, in double precision. */
export interface Rates {
  readonly stepSize: number;
  /** Beside the root of the mean square; 0 where there is none. */
  readonly epsilon: number;
  /** The share of itself that a weight loses before it follows its gradient; 0 where there is none. */
  readonly decay: number;
}

/** How one weight follows its gradient: a pure function of tensors, to minimise. */
export interface Optimizer {
  /** What is kept beside each weight, in its shape, zero at first. */
  readonly slots: readonly string[];
  /** Of an update, counted from 1, with the learning rate times a factor. */
  readonly rates: (update: number, factor?: number) => Rates;
  /** The longest that all gradients of a network together may be, in the Euclidean norm. */
  readonly maxGradientNorm?: number;
  readonly update: (update: {
    readonly weight: tf.Tensor;
    readonly gradient: tf.Tensor;
    readonly slots: Slots;
    readonly rates: Rates;
  }) => { readonly weight: tf.Tensor; readonly slots: Slots };
  /** The same update in one kernel of TensorFlow's library, after the decay of the weight. */
  readonly kernel?: UpdateKernel;
  /** Whether weights decay. */
  readonly decays: boolean;
}

/**
 * Kernels on TensorFlow's variables. `adam` is, with m and v the slots of these names,
 *
 *     m = m + (1 - beta1) (g - m);  v = v + (1 - beta2) (g^2 - v);  w = w - stepSize u / (sqrt(v) + epsilon)
 *
 * with u = m, or, where there is no slot for m, with u = g and beta1 = 0. `momentum` is
 *
 *     v = momentum v + g;  w = w - stepSize u
 *
 * with u = v, or u = g + momentum v by Nesterov.
 */
export type UpdateKernel =
  | { readonly type: 'gradient_descent' }
  | {
      readonly type: 'momentum';
      readonly momentum: number;
      readonly nesterov: boolean;
      readonly velocity: string;
    }
  | {
      readonly type: 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly mean: string | undefined;
      readonly meanSquare: string;
    };

/**
 * The optimisers as PyTorch defines them. TensorFlow.js's own are not used: its RMSProp has the epsilon inside
 * the root, which is another algorithm where gradients are small, as a clipped critic's are.
 *
 * Decays are rounded to float32 before anything is computed from them: 1 - decay is then exact in float32, in
 * whatever order a kernel computes it.
 */
export function optimizer(options: OptimizerOptions): Optimizer {
  const { max_gradient_norm: maxGradientNorm } = options;
  return { ...algorithm(options), ...(maxGradientNorm !== undefined && { maxGradientNorm }) };
}

function algorithm(options: Algorithm): Optimizer {
  switch (options.type) {
    case 'rmsprop':
      return rmsprop(options);
    case 'adam':
      return adam(options, 0);
    case 'adamw':
      return adam(options, options.weight_decay);
    case 'sgd':
      return options.momentum === 0 ? gradientDescent(options) : withMomentum(options);
  }
}

/** w = w - lr g */
function gradientDescent({ lr }: Algorithm & { type: 'sgd' }): Optimizer {
  return {
    slots: [],
    rates: (_, factor = 1) => ({ stepSize: factor * lr, epsilon: 0, decay: 0 }),
    update: ({ weight, gradient, rates }) => ({
      weight: weight.sub(gradient.mul(rates.stepSize)),
      slots: {},
    }),
    kernel: { type: 'gradient_descent' },
    decays: false,
  };
}

/** Sutskever et al. 2013, as PyTorch writes it: v = momentum v + g;  w = w - lr v, or by Nesterov w - lr (g + momentum v) */
function withMomentum({ lr, nesterov, ...options }: Algorithm & { type: 'sgd' }): Optimizer {
  const momentum = Math.fround(options.momentum);
  return {
    slots: ['velocity'],
    rates: (_, factor = 1) => ({ stepSize: factor * lr, epsilon: 0, decay: 0 }),
    update: ({ weight, gradient, slots, rates }) => {
      const velocity = required(slots['velocity'], 'slot velocity').mul(momentum).add(gradient);
      const direction = nesterov ? gradient.add(velocity.mul(momentum)) : velocity;
      return { weight: weight.sub(direction.mul(rates.stepSize)), slots: { velocity } };
    },
    kernel: { type: 'momentum', momentum, nesterov, velocity: 'velocity' },
    decays: false,
  };
}

/** v = rho v + (1 - rho) g^2;  w = w - lr g / (sqrt(v) + epsilon) */
function rmsprop({ lr, epsilon, ...options }: Algorithm & { type: 'rmsprop' }): Optimizer {
  const rho = Math.fround(options.rho);
  return {
    slots: ['mean_square'],
    rates: (_, factor = 1) => ({ stepSize: factor * lr, epsilon, decay: 0 }),
    update: ({ weight, gradient, slots, rates }) => {
      const meanSquare = decayed(slots, 'mean_square', rho, gradient.square());
      return { weight: stepped(weight, gradient, meanSquare, rates), slots: { mean_square: meanSquare } };
    },
    kernel: { type: 'adam', beta1: 0, beta2: rho, mean: undefined, meanSquare: 'mean_square' },
    decays: false,
  };
}

/**
 * Kingma and Ba 2015, at the end of section 2, with t updates made, this one included:
 *
 *     m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;  r = sqrt(1 - beta2^t)
 *     w = w - (lr r / (1 - beta1^t)) m / (sqrt(v) + epsilon r)
 *
 * which is lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon), as PyTorch writes it. Decoupled weight decay,
 * w = w - lr weight_decay w, comes first (AdamW, arXiv 1711.05101, Algorithm 2, as PyTorch has it).
 */
function adam({ lr, epsilon, ...options }: AdamOptions, weightDecay: number): Optimizer {
  const [beta1, beta2] = [Math.fround(options.beta1), Math.fround(options.beta2)];
  return {
    slots: ['mean', 'mean_square'],
    rates: (update, factor = 1) => {
      const root = Math.sqrt(1 - beta2 ** update);
      return {
        stepSize: (factor * lr * root) / (1 - beta1 ** update),
        epsilon: epsilon * root,
        decay: factor * lr * weightDecay,
      };
    },
    update: ({ weight, gradient, slots, rates }) => {
      const mean = decayed(slots, 'mean', beta1, gradient);
      const meanSquare = decayed(slots, 'mean_square', beta2, gradient.square());
      const kept = weightDecay === 0 ? weight : weight.sub(weight.mul(rates.decay));
      return { weight: stepped(kept, mean, meanSquare, rates), slots: { mean, mean_square: meanSquare } };
    },
    kernel: { type: 'adam', beta1, beta2, mean: 'mean', meanSquare: 'mean_square' },
    decays: weightDecay !== 0,
  };
}

function stepped(
  weight: tf.Tensor,
  direction: tf.Tensor,
  meanSquare: tf.Tensor,
  { stepSize, epsilon }: Rates,
): tf.Tensor {
  return weight.sub(direction.mul(stepSize).div(meanSquare.sqrt().add(epsilon)));
}

function decayed(slots: Slots, name: string, decay: number, value: tf.Tensor): tf.Tensor {
  return required(slots[name], `slot ${name}`)
    .mul(decay)
    .add(value.mul(1 - decay));
}

/** One update of all weights and their slots. Gradients are by the weights' names. */
export function applyGradients(
  { update, slots }: Optimizer,
  state: Pick<NetworkState, 'weights' | 'slots'>,
  gradients: Readonly<Record<string, tf.Tensor>>,
  rates: Rates,
): void {
  for (const [name, weight] of Object.entries(state.weights)) {
    const variables = required(state.slots[name], `slots of ${name}`);
    const gradient = required(gradients[name], `gradient of ${name}`);
    const next = update({ weight, gradient, slots: variables, rates });
    weight.assign(next.weight);
    for (const slot of slots) {
      required(variables[slot], `slot ${slot}`).assign(required(next.slots[slot], `new ${slot}`));
    }
  }
}

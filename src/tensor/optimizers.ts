import { required } from '../base/invariant.js';
import type { NetworkState } from './state.js';
import * as tf from './tf.js';

export type OptimizerOptions =
  | { readonly type: 'rmsprop'; readonly lr: number; readonly rho: number; readonly epsilon: number }
  | {
      readonly type: 'adam';
      readonly lr: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    }
  | { readonly type: 'sgd'; readonly lr: number };

type Slots = Readonly<Record<string, tf.Tensor>>;

/** How one weight follows its gradient: a pure function of tensors, to minimise. */
export interface Optimizer {
  /** What is kept beside each weight, in its shape, zero at first. */
  readonly slots: readonly string[];
  /** `step` is a scalar, 1 at the first update. */
  readonly update: (update: {
    readonly weight: tf.Tensor;
    readonly gradient: tf.Tensor;
    readonly slots: Slots;
    readonly step: tf.Tensor;
  }) => { readonly weight: tf.Tensor; readonly slots: Slots };
}

/**
 * The optimisers as PyTorch defines them. TensorFlow.js's own are not used: its RMSProp has the epsilon inside
 * the root, which is another algorithm where gradients are small, as a clipped critic's are.
 */
export function optimizer(options: OptimizerOptions): Optimizer {
  switch (options.type) {
    case 'rmsprop':
      return rmsprop(options);
    case 'adam':
      return adam(options);
    case 'sgd':
      return {
        slots: [],
        update: ({ weight, gradient }) => ({ weight: weight.sub(gradient.mul(options.lr)), slots: {} }),
      };
  }
}

/** v = rho v + (1 - rho) g^2;  w = w - lr g / (sqrt(v) + epsilon) */
function rmsprop({ lr, rho, epsilon }: OptimizerOptions & { type: 'rmsprop' }): Optimizer {
  return {
    slots: ['mean_square'],
    update: ({ weight, gradient, slots }) => {
      const meanSquare = decayed(slots, 'mean_square', rho, gradient.square());
      return {
        weight: weight.sub(gradient.mul(lr).div(meanSquare.sqrt().add(epsilon))),
        slots: { mean_square: meanSquare },
      };
    },
  };
}

/**
 * Kingma and Ba 2015: m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
 * w = w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 */
function adam({ lr, beta1, beta2, epsilon }: OptimizerOptions & { type: 'adam' }): Optimizer {
  return {
    slots: ['mean', 'mean_square'],
    update: ({ weight, gradient, slots, step }) => {
      const mean = decayed(slots, 'mean', beta1, gradient);
      const meanSquare = decayed(slots, 'mean_square', beta2, gradient.square());
      const root = meanSquare.sqrt().div(oneMinusPower(beta2, step).sqrt());
      const stepSize = tf.scalar(lr).div(oneMinusPower(beta1, step));
      return {
        weight: weight.sub(mean.mul(stepSize).div(root.add(epsilon))),
        slots: { mean, mean_square: meanSquare },
      };
    },
  };
}

function decayed(slots: Slots, name: string, decay: number, value: tf.Tensor): tf.Tensor {
  return required(slots[name], `slot ${name}`)
    .mul(decay)
    .add(value.mul(1 - decay));
}

/**
 * 1 - base^step = -expm1(step ln(base)). Subtracting from 1 in float32 would lose four digits of
 * 1 - 0.999^1, and with them the first updates.
 */
function oneMinusPower(base: number, step: tf.Tensor): tf.Tensor {
  return step.mul(Math.log(base)).expm1().neg();
}

/** One update of all weights, their slots and the step count. Gradients are by the weights' names. */
export function applyGradients(
  { update, slots }: Optimizer,
  state: NetworkState,
  gradients: Readonly<Record<string, tf.Tensor>>,
): void {
  const step = state.step.add(1);
  state.step.assign(step);
  for (const [name, weight] of Object.entries(state.weights)) {
    const variables = required(state.slots[name], `slots of ${name}`);
    const gradient = required(gradients[name], `gradient of ${name}`);
    const next = update({ weight, gradient, slots: variables, step });
    weight.assign(next.weight);
    for (const slot of slots) {
      required(variables[slot], `slot ${slot}`).assign(required(next.slots[slot], `new ${slot}`));
    }
  }
}

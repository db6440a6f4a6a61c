import { invariant, required } from '../base/invariant.js';
import type { Parameter } from '../networks/parameter.js';
import type { Network, Weights } from './network.js';
import { initialValues } from './initial-values.js';
import * as tf from './tf.js';

export type Variables = Readonly<Record<string, tf.Variable>>;

/** All that training one network remembers, but for the number of its updates. */
export interface NetworkState {
  /** By the parameter's name. */
  readonly weights: Variables;
  /** What the optimiser keeps, by the parameter's name and then by the slot's. */
  readonly slots: Readonly<Record<string, Variables>>;
  /** By the buffer's name. */
  readonly buffers: Variables;
}

export type NetworkRole = 'generator' | 'critic';

export interface TrainingState extends Readonly<Record<NetworkRole, NetworkState>> {
  /** Of the generator's weights over the steps, where the model has one. */
  readonly average?: Variables;
}

/** In the order of the state's names. */
const roles = ['critic', 'generator'] as const satisfies readonly NetworkRole[];

/** The networks of a training, and what their optimisers keep. */
interface StatefulModel extends Readonly<Record<NetworkRole, Pick<Network, 'parameters' | 'buffers'>>> {
  readonly optimizers: Readonly<Record<NetworkRole, { readonly slots: readonly string[] }>>;
  readonly average?: object;
}

/** The names of all that a training remembers, in the order of `namedVariables`. */
export function stateNames(model: StatefulModel): readonly string[] {
  const networks = roles.flatMap((role) => {
    const { parameters, buffers = [] } = model[role];
    const slots = parameters.flatMap(({ name }) =>
      model.optimizers[role].slots.map((slot) => slotName(role, name, slot)),
    );
    return [
      ...parameters.map(({ name }) => weightName(role, name)),
      ...slots,
      ...buffers.map(({ name }) => bufferName(role, name)),
    ];
  });
  const averages = model.average === undefined ? [] : model.generator.parameters;
  return [...networks, ...averages.map(({ name }) => weightName('average', name))];
}

/** Fresh variables: weights drawn from the seed, the average equal to them, slots zero. */
export function initialState(
  model: StatefulModel & Readonly<Record<NetworkRole, Network>>,
  seed: number,
): TrainingState {
  const of = (role: NetworkRole, slots = model.optimizers[role].slots) =>
    initialNetwork(model[role], slots, { seed, role });
  return {
    generator: of('generator'),
    critic: of('critic'),
    ...(model.average && { average: of('generator', []).weights }),
  };
}

/** The same of one network; its role sets its weights apart from those of others with the seed. */
export function initialNetwork(
  network: Network,
  slots: readonly string[],
  { seed, role }: { readonly seed: number; readonly role: NetworkRole | 'classifier' },
): NetworkState {
  return tf.tidy(() => {
    const zeros = (shape: readonly number[]) => tf.variable(tf.zeros([...shape]));
    const initial = (parameters: readonly Parameter[]) =>
      Object.fromEntries(
        parameters.map((parameter) => [
          parameter.name,
          tf.variable(tf.tensor(initialValues(parameter, seed, role), [...parameter.shape])),
        ]),
      );
    return {
      weights: initial(network.parameters),
      slots: Object.fromEntries(
        network.parameters.map(({ name, shape }) => [
          name,
          Object.fromEntries(slots.map((slot) => [slot, zeros(shape)])),
        ]),
      ),
      buffers: initial(network.buffers ?? []),
    };
  });
}

/**
 * The whole state as one flat list of named variables, in a fixed order: `critic/weights/dense1/bias`,
 * `critic/slots/dense1/bias/mean_square`, `critic/buffers/...`, the same of the generator, and `average/weights/dense1/bias`.
 */
export function namedVariables(state: TrainingState): ReadonlyMap<string, tf.Variable> {
  const all = new Map<string, tf.Variable>();
  for (const role of roles) {
    const { weights, slots, buffers } = state[role];
    for (const [name, variable] of Object.entries(weights)) all.set(weightName(role, name), variable);
    for (const [name, variables] of Object.entries(slots)) {
      for (const [slot, variable] of Object.entries(variables)) {
        all.set(slotName(role, name, slot), variable);
      }
    }
    for (const [name, variable] of Object.entries(buffers)) all.set(bufferName(role, name), variable);
  }
  for (const [name, variable] of Object.entries(state.average ?? {}))
    all.set(weightName('average', name), variable);
  return all;
}

export const weightName = (role: NetworkRole | 'average', parameter: string): string =>
  `${role}/weights/${parameter}`;

export const slotName = (role: NetworkRole, parameter: string, slot: string): string =>
  `${role}/slots/${parameter}/${slot}`;

export const bufferName = (role: NetworkRole, buffer: string): string => `${role}/buffers/${buffer}`;

/** What a network's `forward` reads. */
export const allWeights = ({ weights, buffers }: Pick<NetworkState, 'weights' | 'buffers'>): Weights => ({
  ...weights,
  ...buffers,
});

/** Every bit of the state, by the names of `namedVariables`. */
export function readState(state: TrainingState): ReadonlyMap<string, Float32Array> {
  return new Map(
    [...namedVariables(state)].map(([name, variable]) => [name, variable.dataSync<'float32'>()]),
  );
}

/** Sets the state to what `readState` read from one of the same networks and optimisers. */
export function writeState(state: TrainingState, values: ReadonlyMap<string, Float32Array>): void {
  const variables = namedVariables(state);
  invariant(variables.size === values.size, `${values.size} tensors for ${variables.size} variables`);
  for (const [name, variable] of variables) {
    tf.tidy(() => variable.assign(tf.tensor(required(values.get(name), name), variable.shape)));
  }
}

export function disposeState(state: TrainingState): void {
  for (const variable of namedVariables(state).values()) variable.dispose();
}

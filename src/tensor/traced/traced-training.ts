import { required } from '../../base/invariant.js';
import { sizeOf } from '../../base/shape.js';
import { tensorFlow } from '../library.js';
import type { Weights } from '../network.js';
import { initialValues } from '../initial-values.js';
import { bufferName, type NetworkRole, slotName, stateNames, weightName } from '../state.js';
import type { AdversarialModel } from '../steps.js';
import * as tf from '../tf.js';
import type { Training, TrainingSetup } from '../training.js';
import { Graph } from './graph.js';
import { TrainingGraph } from './training-graph.js';
import { Session } from './session.js';
import { Variables } from './variables.js';

/**
 * Computes an iteration as one TensorFlow graph, recorded from the functions that `eagerTraining` calls. Weights and
 * slots are variables of the graph.
 *
 * @throws InternalError naming operation and place where a step cannot be recorded.
 */
export function tracedTraining(setup: TrainingSetup): Training {
  const { model, seed } = setup;
  const { graph, variables, calls } = trainingGraph(setup);
  const session = new Session(required(tensorFlow(), 'TensorFlow’s library'), graph.nodes);
  variables.write(session, initialState(model, seed));

  const views = new Map<NetworkRole | 'average', Weights>();
  const forgetViews = () => {
    tf.dispose([...views.values()]);
    views.clear();
  };
  const viewOf = (role: NetworkRole | 'average'): Weights => {
    const { parameters } = model[role === 'average' ? 'generator' : role];
    const buffers = role === 'average' ? [] : (model[role].buffers ?? []).map((of) => ({ ...of, role }));
    const wanted = [
      ...parameters.map(({ name, shape }) => ({ name, shape, key: weightName(role, name) })),
      ...buffers.map(({ name, shape, role }) => ({ name, shape, key: bufferName(role, name) })),
    ];
    const values = variables.read(
      session,
      wanted.map(({ key }) => key),
    );
    const tensor = (key: string, shape: readonly number[]) =>
      tf.keep(tf.tensor(required(values.get(key), key), [...shape]));
    return Object.fromEntries(wanted.map(({ name, shape, key }) => [name, tensor(key, shape)]));
  };
  return {
    iterate: (inputs) => {
      forgetViews();
      return calls.iterate(session, inputs);
    },
    criticStep: (inputs) => {
      forgetViews();
      return calls.criticStep(session, inputs);
    },
    criticLoss: (batch) => calls.criticLoss(session, batch),
    read: () => variables.read(session, stateNames(model)),
    write: (values) => {
      forgetViews();
      variables.write(session, values);
    },
    weights: (role) => {
      const view = views.get(role) ?? viewOf(role);
      views.set(role, view);
      return view;
    },
    dispose: () => {
      forgetViews();
      session.dispose();
    },
  };
}

/** The graph before it is loaded: its variables, how they are set and read, and the calls that change them. */
export function trainingGraph(setup: TrainingSetup): {
  readonly graph: Graph;
  readonly variables: Variables;
  readonly calls: TrainingGraph;
} {
  const { model } = setup;
  const graph = new Graph();
  const variables = new Variables(graph);
  const of = (role: NetworkRole) => {
    const hasAverage = role === 'generator' && model.average !== undefined;
    return {
      packs: variables.add(role, model[role], model.optimizers[role], hasAverage),
      buffers: (model[role].buffers ?? []).map((buffer) => variables.addBuffer(role, buffer)),
    };
  };
  const calls = new TrainingGraph(setup, graph, { critic: of('critic'), generator: of('generator') });
  variables.finish();
  return { graph, variables, calls };
}

/** Weights drawn from the seed, the average equal to them, slots zero. */
function initialState(
  { optimizers, average, ...networks }: AdversarialModel,
  seed: number,
): Map<string, Float32Array> {
  const state = new Map<string, Float32Array>();
  for (const role of ['critic', 'generator'] as const) {
    for (const parameter of networks[role].parameters) {
      const values = initialValues(parameter, seed, role);
      state.set(weightName(role, parameter.name), values);
      if (average && role === 'generator') state.set(weightName('average', parameter.name), values);
      for (const slot of optimizers[role].slots) {
        state.set(slotName(role, parameter.name, slot), new Float32Array(sizeOf(parameter.shape)));
      }
    }
    for (const buffer of networks[role].buffers ?? []) {
      state.set(bufferName(role, buffer.name), initialValues(buffer, seed, role));
    }
  }
  return state;
}

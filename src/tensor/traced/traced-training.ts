import { required } from '../../base/invariant.js';
import { sizeOf } from '../../base/shape.js';
import { tensorFlow } from '../library.js';
import type { Weights } from '../network.js';
import { initialValues } from '../parameters.js';
import { type NetworkRole, slotName, stateNames, weightName } from '../state.js';
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
    const names = parameters.map(({ name }) => weightName(role, name));
    const values = variables.read(session, names);
    const tensor = (name: string, shape: readonly number[]) =>
      tf.keep(tf.tensor(required(values.get(weightName(role, name)), name), [...shape]));
    return Object.fromEntries(parameters.map(({ name, shape }) => [name, tensor(name, shape)]));
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
    return variables.add(role, model[role], model.optimizers[role], hasAverage);
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
  }
  return state;
}

import { required } from '../../base/invariant.js';
import { type Draws, drawShapes, type StepKind } from '../draws.js';
import type { Weights } from '../network.js';
import type { Parameter } from '../../networks/parameter.js';
import type { NetworkRole } from '../state.js';
import { criticGradients, criticLoss, generatorGradients } from '../steps.js';
import type * as tf from '../tf.js';
import type { TrainingSetup } from '../training.js';
import { withBfloat16Products } from './bfloat16.js';
import type { Fragment } from './fragment.js';
import type { Graph } from './graph.js';
import type { Shape } from './operations.js';
import { record } from './recorder.js';

/** Beside gradients, which have the names of parameters. */
export const [lossOutput, penaltyOutput] = ['loss', 'penalty'] as const;

/** What a training is made of, each step once, however often it is put in place. */
export interface RecordedSteps {
  /** From `latent`, `classes` where there are some, and the generator's weights to `fake`. */
  readonly fake: Fragment;
  /** From the critic's weights to its buffers' next values; of a critic that has buffers. */
  readonly refresh?: Fragment;
  /** From `real`, `fake`, what penalty and augmentation draw, and the critic's weights to losses and gradients. */
  readonly critic: Fragment;
  /** From `latent`, what augmentation draws, and the weights of both to loss and gradients. */
  readonly generator: Fragment;
  /** From `real`, `latent`, what augmentation draws, and the weights of both to `loss`; of a setup with loose steps. */
  readonly criticLoss?: Fragment;
}

type Inputs = Readonly<Record<string, tf.Tensor>>;

/** Weights are inputs named as `critic/conv1/filters`. */
export function recordSteps(setup: TrainingSetup, graph: Graph): RecordedSteps {
  const { model } = setup;
  const { real, latent, draws } = shapesOf(setup);
  const drawn = (inputs: Inputs, shapes: Readonly<Record<string, Shape>>): Draws =>
    Object.fromEntries(Object.keys(shapes).map((name) => [name, input(inputs, name)]));
  const { refresh } = model.critic;
  const allOf = (role: NetworkRole) => [...model[role].parameters, ...(model[role].buffers ?? [])];
  const shapes = (role: NetworkRole) =>
    Object.fromEntries(allOf(role).map(({ name, shape }) => [`${role}/${name}`, shape]));
  const given = (role: NetworkRole, inputs: Inputs, parameters: readonly Parameter[]): Weights =>
    Object.fromEntries(parameters.map(({ name }) => [name, input(inputs, `${role}/${name}`)]));
  const weights = (role: NetworkRole, inputs: Inputs) => given(role, inputs, allOf(role));
  const both = (inputs: Inputs) => ({
    generator: weights('generator', inputs),
    critic: weights('critic', inputs),
  });
  const recorded = (...step: Parameters<typeof record>) =>
    setup.precision === 'bfloat16' ? withBfloat16Products(record(...step)) : record(...step);
  const { classes } = draws.critic;
  const told = classes && { classes };
  const ofBoth = { ...shapes('generator'), ...shapes('critic'), latent };
  return {
    fake: recorded('the generator', graph, { ...shapes('generator'), latent, ...told }, (inputs) => ({
      fake: model.generator.forward(weights('generator', inputs), input(inputs, 'latent'), inputs['classes']),
    })),
    critic: recorded(
      'the critic’s step',
      graph,
      { ...shapes('critic'), real, fake: real, ...draws.critic },
      (inputs) => {
        const batch = {
          real: input(inputs, 'real'),
          fake: input(inputs, 'fake'),
          draws: drawn(inputs, draws.critic),
        };
        const { parameters, buffers = [] } = model.critic;
        const critic = {
          weights: given('critic', inputs, parameters),
          buffers: given('critic', inputs, buffers),
        };
        const { loss, penalty, gradients } = criticGradients(model, critic, batch);
        return { ...gradients, [lossOutput]: loss, ...(penalty && { [penaltyOutput]: penalty }) };
      },
    ),
    generator: recorded('the generator’s step', graph, { ...ofBoth, ...draws.generator }, (inputs) => {
      const { loss, gradients } = generatorGradients(model, both(inputs), {
        latent: input(inputs, 'latent'),
        draws: drawn(inputs, draws.generator),
      });
      return { ...gradients, [lossOutput]: loss };
    }),
    ...(refresh && {
      refresh: record('the critic’s buffers', graph, shapes('critic'), (inputs) =>
        refresh(weights('critic', inputs)),
      ),
    }),
    ...(setup.hasLooseSteps && {
      criticLoss: recorded('the critic’s loss', graph, { ...ofBoth, real, ...draws.probe }, (inputs) => ({
        [lossOutput]: criticLoss(model, both(inputs), {
          real: input(inputs, 'real'),
          latent: input(inputs, 'latent'),
          draws: drawn(inputs, draws.probe),
        }),
      })),
    }),
  };
}

const input = <T>(inputs: Readonly<Record<string, T>>, name: string): T => required(inputs[name], name);

/** Of what the steps are given. */
export function shapesOf({ model, batchSize }: TrainingSetup): {
  readonly real: Shape;
  readonly latent: Shape;
  readonly draws: Readonly<Record<StepKind, Readonly<Record<string, Shape>>>>;
} {
  const sample = model.critic.inputShape;
  return {
    real: [batchSize, ...sample],
    latent: [batchSize, ...model.generator.inputShape],
    draws: {
      critic: drawShapes(model, 'critic', batchSize),
      generator: drawShapes(model, 'generator', batchSize),
      probe: drawShapes(model, 'probe', batchSize),
    },
  };
}

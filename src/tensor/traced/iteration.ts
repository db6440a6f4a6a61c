import { required } from '../../base/invariant.js';
import type { NetworkRole } from '../state.js';
import { criticGradients, generatorGradients } from '../steps.js';
import { lossesOf, type IterationInputs, type Losses, type TrainingSetup } from '../training.js';
import { type Fragment, instantiate } from './fragment.js';
import { after, float32, type Graph, type Output } from './graph.js';
import { parametersOf } from './pack-nodes.js';
import { record } from './recorder.js';
import type { Feed, Session } from './session.js';
import { type RateOutputs, updated, type VariableValue } from './update.js';
import type { PackVariables } from './variables.js';

export type VariablesByRole = Readonly<Record<NetworkRole, readonly PackVariables[]>>;

type ByName = Readonly<Record<string, Output>>;
/** The weights of a network at some point of the iteration, pack by pack. */
type Values = readonly VariableValue[];

/** A whole generator iteration as nodes of a graph: n_critic critic steps, then one generator step. */
export class IterationGraph {
  readonly #setup: TrainingSetup;
  readonly #graph: Graph;
  readonly #variables: VariablesByRole;
  readonly #steps: RecordedSteps;
  readonly #losses: Output;

  constructor(setup: TrainingSetup, graph: Graph, variables: VariablesByRole) {
    this.#setup = setup;
    this.#graph = graph;
    this.#variables = variables;
    this.#steps = recordSteps(setup, graph);
    this.#losses = this.#build();
  }

  run(session: Session, { critic, generator }: IterationInputs): Losses {
    const { real, latent, mix } = shapesOf(this.#setup);
    const rates = [...critic, generator].flatMap(({ rates: { stepSize, epsilon } }) => [stepSize, epsilon]);
    const feeds: Feed[] = [
      { name: 'rates', shape: [rates.length], values: Float32Array.from(rates) },
      { name: 'generator_step/latent', shape: latent, values: generator.latent },
      ...critic.flatMap((step, k) => [
        { name: `critic_step${k}/real`, shape: real, values: step.real },
        { name: `critic_step${k}/latent`, shape: latent, values: step.latent },
        ...(step.mix ? [{ name: `critic_step${k}/mix`, shape: mix, values: step.mix }] : []),
      ]),
    ];
    const [losses] = session.run(feeds, [this.#losses]);
    return lossesOf(required(losses, 'losses'));
  }

  #build(): Output {
    const { criticIterations } = this.#setup;
    const rates = this.#rates();
    const generator = this.#initial('generator');
    let critic = this.#initial('critic');
    let losses: CriticLosses | undefined;
    for (let k = 0; k < criticIterations; k += 1) {
      const step = this.#criticStep(k, { generator, critic }, required(rates[k], 'rates'));
      [critic, losses] = [step.critic, step.losses];
    }
    const last = this.#generatorStep({ generator, critic }, required(rates[criticIterations], 'rates'));
    const settled = [...critic, ...last.generator].map(({ settled }) =>
      after(required(settled, 'an update')),
    );
    const { loss, penalty } = required(losses, 'a critic step');
    const told = [loss, last.loss, ...(penalty === undefined ? [] : [penalty])];
    return this.#graph.add('losses', 'Pack', [...told, ...settled], { T: float32, N: { i: told.length } });
  }

  #criticStep(k: number, values: Record<NetworkRole, Values>, rates: RateOutputs) {
    const [graph, prefix, { real, latent, mix }] = [this.#graph, `critic_step${k}`, shapesOf(this.#setup)];
    // Not before the step before: the fakes of all steps at once would fill the memory.
    const waits = values.critic.flatMap(({ settled }) => (settled === undefined ? [] : [after(settled)]));
    const fed = graph.placeholder(`${prefix}/latent`, latent);
    const { fake } = instantiate(graph, this.#steps.fake, `${prefix}/fake`, {
      ...this.#inputs(`${prefix}/fake`, 'generator', values.generator),
      latent: graph.add(`${prefix}/latent_now`, 'Identity', [fed, ...waits], { T: float32 }),
    });
    const isPenalised = this.#setup.model.penalty !== undefined;
    const {
      [lossOutput]: loss,
      [penaltyOutput]: penalty,
      ...gradients
    } = instantiate(graph, this.#steps.critic, prefix, {
      ...this.#inputs(prefix, 'critic', values.critic),
      ...(isPenalised && { mix: graph.placeholder(`${prefix}/mix`, mix) }),
      real: graph.placeholder(`${prefix}/real`, real),
      fake: required(fake, 'fake samples'),
    });
    const { clip } = this.#setup.model;
    const critic = this.#updated(`${prefix}/update`, 'critic', values.critic, { rates, gradients, clip });
    return { critic, losses: { loss: required(loss, 'a loss'), penalty } };
  }

  #generatorStep(values: Record<NetworkRole, Values>, rates: RateOutputs) {
    const [graph, prefix] = [this.#graph, 'generator_step'];
    const { loss, ...gradients } = instantiate(graph, this.#steps.generator, prefix, {
      ...this.#inputs(prefix, 'generator', values.generator),
      ...this.#inputs(prefix, 'critic', values.critic),
      latent: graph.placeholder(`${prefix}/latent`, shapesOf(this.#setup).latent),
    });
    const how = { rates, gradients, clip: undefined };
    const generator = this.#updated(`${prefix}/update`, 'generator', values.generator, how);
    return { generator, loss: required(loss, 'a loss') };
  }

  /** A scalar of each, of the critic's steps in their order and then of the generator's. */
  #rates(): readonly RateOutputs[] {
    const updates = this.#setup.criticIterations + 1;
    const input = this.#graph.placeholder('rates', [2 * updates]);
    const each = this.#graph.add('rates/each', 'Unpack', [input], { T: float32, num: { i: 2 * updates } });
    const at = (index: number) => (index === 0 ? each : `${each}:${index}`);
    return Array.from({ length: updates }, (_, k) => ({ stepSize: at(2 * k), epsilon: at(2 * k + 1) }));
  }

  /** Before the iteration. */
  #initial(role: NetworkRole): Values {
    return this.#variables[role].map(({ pack, weights }) => {
      const name = `${role}/before/${pack.name}`;
      const value = this.#graph.add(name, 'ReadVariableOp', [weights], { dtype: float32 });
      // The first update waits for it even where the gradient does not depend on the value, as that of a last layer.
      return { value, settled: value };
    });
  }

  #updated(
    prefix: string,
    role: NetworkRole,
    values: Values,
    how: {
      readonly rates: RateOutputs;
      readonly gradients: ByName;
      readonly clip: TrainingSetup['model']['clip'];
    },
  ): Values {
    const optimizer = this.#setup.model.optimizers[role];
    return this.#variables[role].map((variables, index) =>
      updated(this.#graph, `${prefix}/${variables.pack.name}`, variables, {
        ...how,
        optimizer,
        before: required(values[index], 'a value'),
      }),
    );
  }

  /** A network's parameters as inputs of a fragment. */
  #inputs(prefix: string, role: NetworkRole, values: Values): ByName {
    const byName = this.#variables[role].flatMap(({ pack }, index) => {
      const { value } = required(values[index], 'a value');
      const parameters = parametersOf(this.#graph, `${prefix}/${role}/${pack.name}`, pack, value);
      return Object.entries(parameters).map(([name, output]) => [`${role}/${name}`, output]);
    });
    return Object.fromEntries(byName) as ByName;
  }
}

interface CriticLosses {
  readonly loss: Output;
  readonly penalty: Output | undefined;
}

/** Beside gradients, which have the names of parameters. */
const [lossOutput, penaltyOutput] = ['loss', 'penalty'] as const;

interface RecordedSteps {
  readonly fake: Fragment;
  readonly critic: Fragment;
  readonly generator: Fragment;
}

/** Each once, however many critic steps an iteration has. */
function recordSteps(setup: TrainingSetup, graph: Graph): RecordedSteps {
  const { model } = setup;
  const { real, latent, mix } = shapesOf(setup);
  const parameters = (role: NetworkRole) =>
    Object.fromEntries(model[role].parameters.map(({ name, shape }) => [`${role}/${name}`, shape]));
  const weights = (role: NetworkRole, inputs: Parameters<Parameters<typeof record>[3]>[0]) =>
    Object.fromEntries(
      model[role].parameters.map(({ name }) => [name, required(inputs[`${role}/${name}`], name)]),
    );
  const input = <T>(inputs: Readonly<Record<string, T>>, name: string): T => required(inputs[name], name);
  const isPenalised = model.penalty !== undefined;
  const ofCritic = { ...parameters('critic'), real, fake: real, ...(isPenalised && { mix }) };
  const ofGenerator = { ...parameters('generator'), latent };
  return {
    fake: record('the generator', graph, ofGenerator, (inputs) => ({
      fake: model.generator.forward(weights('generator', inputs), input(inputs, 'latent')),
    })),
    critic: record('the critic’s step', graph, ofCritic, ({ mix, ...inputs }) => {
      const batch = { real: input(inputs, 'real'), fake: input(inputs, 'fake'), ...(mix && { mix }) };
      const { loss, penalty, gradients } = criticGradients(model, weights('critic', inputs), batch);
      return { ...gradients, [lossOutput]: loss, ...(penalty && { [penaltyOutput]: penalty }) };
    }),
    generator: record(
      'the generator’s step',
      graph,
      { ...ofGenerator, ...parameters('critic') },
      (inputs) => {
        const both = { generator: weights('generator', inputs), critic: weights('critic', inputs) };
        const { loss, gradients } = generatorGradients(model, both, input(inputs, 'latent'));
        return { ...gradients, loss };
      },
    ),
  };
}

function shapesOf({ model, batchSize }: TrainingSetup) {
  return {
    real: [batchSize, ...model.critic.inputShape],
    latent: [batchSize, ...model.generator.inputShape],
    mix: [batchSize],
  };
}

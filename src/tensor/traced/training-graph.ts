import { invariant, required } from '../../base/invariant.js';
import { clipOf } from '../constraint.js';
import type { Rates } from '../optimizers.js';
import type { NetworkRole } from '../state.js';
import type { Drawn, StepKind } from '../draws.js';
import {
  type CriticBatch,
  type CriticInputs,
  type CriticLosses,
  criticLossesOf,
  type IterationInputs,
  type IterationLosses,
  iterationLossesOf,
  type TrainingSetup,
} from '../training.js';
import { instantiate } from './fragment.js';
import { float32, type Graph, type Output } from './graph.js';
import { NetworkNodes, type NetworkValues, type NetworkVariables, settled } from './network-nodes.js';
import { lossOutput, penaltyOutput, type RecordedSteps, recordSteps, shapesOf } from './recorded-steps.js';
import type { Feed, Session } from './session.js';
import type { RateOutputs } from './update.js';

type Values = Readonly<Record<NetworkRole, NetworkValues>>;

/**
 * The calls that a training makes, as nodes of one graph: a generator iteration, which is some critic steps and then a
 * generator step; and, where the setup has them, a critic step and the critic's loss by themselves.
 */
export class TrainingGraph {
  readonly #setup: TrainingSetup;
  readonly #graph: Graph;
  readonly #networks: Readonly<Record<NetworkRole, NetworkNodes>>;
  readonly #steps: RecordedSteps;
  readonly #iteration: Output;
  readonly #loose: { readonly criticStep: Output; readonly criticLoss: Output } | undefined;

  constructor(
    setup: TrainingSetup,
    graph: Graph,
    variables: Readonly<Record<NetworkRole, NetworkVariables>>,
  ) {
    const nodes = (role: NetworkRole) =>
      new NetworkNodes(graph, role, variables[role], setup.model.optimizers[role]);
    this.#setup = setup;
    this.#graph = graph;
    this.#networks = { generator: nodes('generator'), critic: nodes('critic') };
    this.#steps = recordSteps(setup, graph);
    this.#iteration = this.#buildIteration();
    this.#loose = setup.hasLooseSteps
      ? { criticStep: this.#buildCriticStep(), criticLoss: this.#buildCriticLoss() }
      : undefined;
  }

  iterate(session: Session, { critic, generator }: IterationInputs): IterationLosses {
    invariant(critic.length === this.#setup.criticIterations, 'as many critic steps as the setup says');
    const { latent } = shapesOf(this.#setup);
    const losses = session.values(
      [
        ...critic.flatMap((step, k) => this.#criticFeeds(`critic_step${k}`, step)),
        { name: 'generator_step/latent', shape: latent, values: generator.latent },
        ...this.#drawFeeds('generator_step', 'generator', generator.draws ?? {}),
        ratesFeed('generator_step', generator.rates),
        ...(generator.averaging === undefined ? [] : [averagingFeed(generator.averaging)]),
      ],
      this.#iteration,
    );
    return iterationLossesOf(losses);
  }

  criticStep(session: Session, inputs: CriticInputs): CriticLosses {
    const { criticStep } = required(this.#loose, 'loose steps');
    return criticLossesOf(session.values(this.#criticFeeds('loose_step', inputs), criticStep));
  }

  criticLoss(session: Session, { real, latent, draws }: CriticBatch): number {
    const shapes = shapesOf(this.#setup);
    const feeds = [
      { name: 'loose_loss/real', shape: shapes.real, values: real },
      { name: 'loose_loss/latent', shape: shapes.latent, values: latent },
      ...this.#drawFeeds('loose_loss', 'probe', draws),
    ];
    return session.number(feeds, required(this.#loose, 'loose steps').criticLoss);
  }

  #criticFeeds(prefix: string, { real, latent, draws, rates }: CriticInputs): readonly Feed[] {
    const shapes = shapesOf(this.#setup);
    return [
      { name: `${prefix}/real`, shape: shapes.real, values: real },
      { name: `${prefix}/latent`, shape: shapes.latent, values: latent },
      ...this.#drawFeeds(prefix, 'critic', draws),
      ratesFeed(prefix, rates),
    ];
  }

  #drawFeeds(prefix: string, kind: StepKind, drawn: Drawn): readonly Feed[] {
    const shapes = shapesOf(this.#setup).draws[kind];
    return Object.entries(drawn).map(([name, values]) => ({
      name: `${prefix}/${name}`,
      shape: required(shapes[name], name),
      values,
    }));
  }

  /** What a step draws, by name. */
  #drawn(prefix: string, kind: StepKind): Readonly<Record<string, Output>> {
    return Object.fromEntries(
      Object.entries(shapesOf(this.#setup).draws[kind]).map(([name, shape]) => [
        name,
        this.#graph.placeholder(`${prefix}/${name}`, shape),
      ]),
    );
  }

  #buildIteration(): Output {
    let values = this.#initial('iteration');
    let losses: readonly Output[] = [];
    for (let k = 0; k < this.#setup.criticIterations; k += 1) {
      const step = this.#criticStep(`critic_step${k}`, values);
      values = { ...values, critic: step.critic };
      losses = step.losses;
    }
    const last = this.#generatorStep(values);
    const changes = [...settled(values.critic), ...last.changes];
    return this.#told('losses', [last.loss, ...losses], changes);
  }

  #buildCriticStep(): Output {
    const { critic, losses } = this.#criticStep('loose_step', this.#initial('loose_step'));
    return this.#told('loose_step/losses', losses, settled(critic));
  }

  #buildCriticLoss(): Output {
    const prefix = 'loose_loss';
    const { real, latent } = shapesOf(this.#setup);
    const { [lossOutput]: loss } = instantiate(
      this.#graph,
      required(this.#steps.criticLoss, 'the critic’s loss'),
      prefix,
      {
        ...this.#inputs(prefix, this.#initial(prefix)),
        ...this.#drawn(prefix, 'probe'),
        real: this.#graph.placeholder(`${prefix}/real`, real),
        latent: this.#graph.placeholder(`${prefix}/latent`, latent),
      },
    );
    return required(loss, 'a loss');
  }

  #initial(prefix: string): Values {
    const { generator, critic } = this.#networks;
    return { generator: generator.initial(prefix), critic: critic.initial(prefix) };
  }

  #inputs(prefix: string, { generator, critic }: Values): Readonly<Record<string, Output>> {
    return {
      ...this.#networks.generator.inputs(prefix, generator),
      ...this.#networks.critic.inputs(prefix, critic),
    };
  }

  #criticStep(prefix: string, values: Values) {
    const [graph, { critic: nodes }] = [this.#graph, this.#networks];
    const { real } = shapesOf(this.#setup);
    const clip = clipOf(this.#setup.model.constraint);
    const inside =
      clip?.when === 'before_step' ? nodes.clipped(`${prefix}/before`, values.critic, clip) : values.critic;
    const before = this.#refreshed(`${prefix}/refresh`, inside);
    const drawn = this.#drawn(prefix, 'critic');
    const {
      [lossOutput]: loss,
      [penaltyOutput]: penalty,
      ...gradients
    } = instantiate(graph, this.#steps.critic, prefix, {
      ...nodes.inputs(prefix, before),
      ...drawn,
      real: graph.placeholder(`${prefix}/real`, real),
      fake: this.#fake(prefix, values, drawn['classes']),
    });
    const updated = nodes.updated(`${prefix}/update`, before, this.#rates(prefix), gradients);
    return {
      critic: clip?.when === 'after_step' ? nodes.clipped(`${prefix}/update`, updated, clip) : updated,
      losses: [required(loss, 'a loss'), ...(penalty === undefined ? [] : [penalty])],
    };
  }

  #refreshed(prefix: string, values: NetworkValues): NetworkValues {
    const { refresh } = this.#steps;
    if (refresh === undefined) return values;
    const { critic } = this.#networks;
    return critic.refreshed(
      prefix,
      values,
      instantiate(this.#graph, refresh, prefix, critic.inputs(prefix, values)),
    );
  }

  #fake(prefix: string, { generator, critic }: Values, classes: Output | undefined): Output {
    const fed = this.#graph.placeholder(`${prefix}/latent`, shapesOf(this.#setup).latent);
    // Not before the step before: the fakes of all steps at once would fill the memory.
    const latent = this.#graph.add(`${prefix}/latent_now`, 'Identity', [fed, ...settled(critic)], {
      T: float32,
    });
    const { fake } = instantiate(this.#graph, this.#steps.fake, `${prefix}/fake`, {
      ...this.#networks.generator.inputs(`${prefix}/fake`, generator),
      latent,
      ...(classes !== undefined && { classes }),
    });
    return required(fake, 'fake samples');
  }

  #generatorStep(values: Values) {
    const prefix = 'generator_step';
    const { [lossOutput]: loss, ...gradients } = instantiate(this.#graph, this.#steps.generator, prefix, {
      ...this.#inputs(prefix, values),
      ...this.#drawn(prefix, 'generator'),
      latent: this.#graph.placeholder(`${prefix}/latent`, shapesOf(this.#setup).latent),
    });
    const nodes = this.#networks.generator;
    const generator = nodes.updated(`${prefix}/update`, values.generator, this.#rates(prefix), gradients);
    const isAveraged = this.#setup.model.average !== undefined;
    const averaged = isAveraged
      ? nodes.averaged(`${prefix}/average`, generator, this.#graph.placeholder(`${prefix}/averaging`, []))
      : [];
    return { loss: required(loss, 'a loss'), changes: [...settled(generator), ...averaged] };
  }

  #rates(prefix: string): RateOutputs {
    const input = this.#graph.placeholder(`${prefix}/rates`, [3]);
    const each = this.#graph.add(`${prefix}/rates/each`, 'Unpack', [input], { T: float32, num: { i: 3 } });
    return { stepSize: each, epsilon: `${each}:1`, decay: `${each}:2` };
  }

  /** Losses in one vector, when all changes are made. */
  #told(name: string, losses: readonly Output[], changes: readonly string[]): Output {
    return this.#graph.add(name, 'Pack', [...losses, ...changes], { T: float32, N: { i: losses.length } });
  }
}

function ratesFeed(prefix: string, { stepSize, epsilon, decay }: Rates): Feed {
  return { name: `${prefix}/rates`, shape: [3], values: Float32Array.of(stepSize, epsilon, decay) };
}

function averagingFeed(share: number): Feed {
  return { name: 'generator_step/averaging', shape: [], values: Float32Array.of(share) };
}

import { invariant, required } from '../base/invariant.js';
import type { TrainerState } from '../tensor/trainer.js';

type Tensors = TrainerState['tensors'];

/** Of a state, what a checkpoint writes beside its tensors. */
export interface KeptSteps {
  readonly generator_steps: number;
  readonly critic_steps: number;
}

/** Two suffice: the newest, and one that is `every` steps older. */
const mostKept = 2;

/**
 * The states that a training can go back to: those after every so many generator steps, and the one at the beginning.
 * Which these are depends on the steps alone, and not on the clock, as checkpoints do.
 */
export class KeptStates {
  private readonly every: number;
  private states: readonly TrainerState[];

  constructor(every: number, states: readonly TrainerState[] = []) {
    this.every = every;
    this.states = states;
  }

  /** Whether the state after so many generator steps is to be kept. */
  isDue(step: number): boolean {
    return step % this.every === 0 && this.states.at(-1)?.generatorSteps !== step;
  }

  keep(state: TrainerState): void {
    this.states = [...this.states, state].slice(-mostKept);
  }

  /**
   * The newest state that is at least `every` steps older than a divergence, which begins before it shows; or the oldest
   * that there is. Later ones are forgotten.
   */
  before(step: number): TrainerState {
    const [first] = this.states;
    const old = this.states.filter(({ generatorSteps }) => generatorSteps <= step - this.every);
    const state = required(old.at(-1) ?? first, 'a state to go back to');
    this.states = this.states.filter(({ generatorSteps }) => generatorSteps <= state.generatorSteps);
    return state;
  }

  get steps(): readonly KeptSteps[] {
    return this.states.map(({ generatorSteps, criticSteps }) => ({
      generator_steps: generatorSteps,
      critic_steps: criticSteps,
    }));
  }

  /** All tensors, named apart from each other and from those of the training itself. */
  get tensors(): Tensors {
    return new Map(
      this.states.flatMap(({ tensors }, index) =>
        [...tensors].map(([name, values]) => [`${prefixOf(index)}${name}`, values] as const),
      ),
    );
  }
}

/** The states out of what `steps` and `tensors` gave. */
export function keptStatesOf(steps: readonly KeptSteps[], tensors: Tensors): readonly TrainerState[] {
  return steps.map(({ generator_steps: generatorSteps, critic_steps: criticSteps }, index) => {
    const prefix = prefixOf(index);
    const own = [...tensors].flatMap(([name, values]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), values] as const] : [],
    );
    invariant(own.length > 0, `tensors of the state after ${generatorSteps} steps`);
    return { generatorSteps, criticSteps, tensors: new Map(own) };
  });
}

/** Tensors of the training itself: those that belong to no kept state. */
export function ownTensors(tensors: Tensors): Tensors {
  return new Map([...tensors].filter(([name]) => !name.startsWith(keptFolder)));
}

const keptFolder = 'kept/';

function prefixOf(index: number): string {
  return `${keptFolder}${index}/`;
}

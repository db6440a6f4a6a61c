import { plural } from '../base/format.js';
import { invariant } from '../base/invariant.js';
import type { StagePolicy } from '../spec/fields.js';

/** What stages share while they run. */
export interface Capacity extends Machine {
  /** How many stages may run at once, at least 1. */
  readonly jobs: number;
}

/** What of it the machine decides. */
export interface Machine {
  /** The GPUs that there are, as CUDA_VISIBLE_DEVICES names them. */
  readonly gpus: readonly string[];
  /** Bytes of main memory. */
  readonly memory: number;
}

/** A resource of which a stage asks for more than there is. */
export interface Excess {
  readonly resource: 'gpu' | 'memory';
  /** GPUs, or bytes. */
  readonly asked: number;
  readonly there: number;
}

/** Why a stage cannot run here, at the field of its declaration that asks. */
export function excessProblem({ resource, asked, there }: Excess): {
  readonly message: string;
  readonly field: readonly string[];
  readonly help: string;
} {
  const field = ['resources', resource];
  switch (resource) {
    case 'gpu':
      return {
        message: `the stage needs ${plural(asked, 'GPU')}, but there ${there === 1 ? 'is 1' : `are ${there === 0 ? 'none' : there}`}`,
        field,
        help: 'ask for fewer, or run it on a machine that has them; nvidia-smi and CUDA_VISIBLE_DEVICES say which count',
      };
    case 'memory':
      return {
        message: `the stage needs ${gibibytes(asked, Math.ceil)} of memory, but there are ${gibibytes(there, Math.floor)}`,
        field,
        help: 'ask for less, or run it on a machine, or with a limit of the container, that has as much',
      };
  }
}

/** As the file counts memory. Rounded apart, so that more than there is never looks like as much. */
function gibibytes(bytes: number, round: (value: number) => number): string {
  return `${round((bytes / 2 ** 30) * 100) / 100} GiB`;
}

type Policy = Pick<StagePolicy, 'gpu' | 'memory'> | undefined;

/** What keeps a stage from ever running here; undefined where it fits. */
export function excessOf(policy: Policy, { gpus, memory }: Machine): Excess | undefined {
  const { gpu, memory: bytes } = demandOf(policy);
  if (gpu > gpus.length) return { resource: 'gpu', asked: gpu, there: gpus.length };
  if (bytes > memory) return { resource: 'memory', asked: bytes, there: memory };
  return undefined;
}

interface Demand {
  readonly gpu: number;
  readonly memory: number;
}

interface Waiter extends Demand {
  /** Called with the GPUs that are now the waiter's own. */
  readonly start: (gpus: readonly string[]) => void;
}

/**
 * Lets work begin as soon as there is what it asks for, in the order of asking. Later work may overtake the first that
 * waits, as long as it leaves the GPUs and the memory that the first one asks for: what comes free gathers until the first
 * can begin, so that many small stages never keep a large one waiting for ever.
 */
export class Resources {
  private readonly capacity: Capacity;
  private readonly waiting: Waiter[] = [];
  private jobs: number;
  private memory: number;
  private readonly gpus: string[];

  constructor(capacity: Capacity) {
    this.capacity = capacity;
    this.jobs = capacity.jobs;
    this.memory = capacity.memory;
    this.gpus = [...capacity.gpus];
  }

  /**
   * Does the work while it holds a job and what the policy asks for.
   * @param policy Must not ask for more than there is; see `excessOf`.
   * @param work Is given the GPUs that are its own.
   */
  async hold<Value>(policy: Policy, work: (gpus: readonly string[]) => Promise<Value>): Promise<Value> {
    invariant(excessOf(policy, this.capacity) === undefined, 'work asks for no more than there is');
    const demand = demandOf(policy);
    const own = await new Promise<readonly string[]>((start) => {
      this.waiting.push({ ...demand, start });
      this.startSome();
    });
    try {
      return await work(own);
    } finally {
      this.jobs += 1;
      this.memory += demand.memory;
      this.gpus.push(...own);
      this.startSome();
    }
  }

  private startSome(): void {
    for (let index = 0; this.jobs > 0 && index < this.waiting.length;) {
      const waiter = this.waiting[index];
      if (waiter === undefined || !this.mayStart(waiter)) index += 1;
      else {
        this.waiting.splice(index, 1);
        this.jobs -= 1;
        this.memory -= waiter.memory;
        waiter.start(this.gpus.splice(0, waiter.gpu));
      }
    }
  }

  private mayStart(waiter: Waiter): boolean {
    const [first] = this.waiting;
    const kept = first === undefined || first === waiter ? nothing : first;
    return (
      (waiter.gpu === 0 || waiter.gpu + kept.gpu <= this.gpus.length) &&
      (waiter.memory === 0 || waiter.memory + kept.memory <= this.memory)
    );
  }
}

const nothing: Demand = { gpu: 0, memory: 0 };

function demandOf(policy: Policy): Demand {
  return { gpu: policy?.gpu ?? 0, memory: policy?.memory ?? 0 };
}

import { totalmem } from 'node:os';

import type { Machine } from '../execute/resources.js';
import type { Plan } from '../plan/types.js';
import { askNvidiaSmi } from './nvidia-smi.js';
import type { Surroundings } from './surroundings.js';

type Environment = Surroundings['environment'];

/** Milliseconds; a driver that hangs must not keep a run from starting. */
const patience = 20_000;

/**
 * What this machine has for the stages of a plan. GPUs are counted only where one asks for them: it takes a second.
 * Other programs, and other runs, are not counted off.
 */
export async function machineFor(
  { stages }: Pick<Plan, 'stages'>,
  environment: Environment,
): Promise<Machine> {
  return { memory: memoryOfMachine(), gpus: asksForGpus(stages) ? await visibleGpusOf(environment) : [] };
}

/** Whether a run of the plan may compute on GPUs: its own stages by the backend, commands on those that they ask for. */
export function mayUseGpus({ backend, stages }: Pick<Plan, 'backend' | 'stages'>): boolean {
  return backend === 'gpu' || asksForGpus(stages);
}

const asksForGpus = (stages: Plan['stages']): boolean => stages.some(({ policy }) => (policy?.gpu ?? 0) > 0);

/** Bytes: of the machine, or the limit of the control group (container, batch job) that this process is in. */
function memoryOfMachine(): number {
  const limit = process.constrainedMemory();
  // Without a limit it is 0, or larger than any machine.
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** As CUDA_VISIBLE_DEVICES names them; the user's own setting counts before what the driver says. */
async function visibleGpusOf(environment: Environment): Promise<readonly string[]> {
  const chosen = environment['CUDA_VISIBLE_DEVICES'];
  if (chosen !== undefined) return chosenGpus(chosen);
  try {
    // Not by number: CUDA numbers them in another order than the driver.
    const rows = await askNvidiaSmi(['uuid'], environment, AbortSignal.timeout(patience));
    return rows.flat().filter((name) => name.startsWith('GPU-'));
  } catch {
    return [];
  }
}

/** As CUDA reads it: the first name that is none ends the list. */
export function chosenGpus(setting: string): readonly string[] {
  const names = setting.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => !/^(\d+|GPU-.+|MIG-.+)$/.test(name));
  return end < 0 ? names : names.slice(0, end);
}

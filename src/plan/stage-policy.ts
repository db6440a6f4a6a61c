import type { StagePolicy } from '../spec/fields.js';
import type { StageSpec } from '../spec/stages.js';

const secondsOf = { seconds: 1, minutes: 60, hours: 3600 } as const;
const bytesOf = { mib: 2 ** 20, gib: 2 ** 30 } as const;

/** How a stage is to be run; undefined for one that says nothing of it. */
export function policyOf(stage: StageSpec): StagePolicy | undefined {
  const { cache, retries, timeout, resources } = stage;
  const { gpu, memory } = resources;
  const register = 'register' in stage ? stage.register : undefined;
  const samples = 'samples' in resources ? resources.samples : 'auto';
  const isPlain = cache && retries === 0 && gpu === 0 && samples === 'auto';
  if (isPlain && !timeout && !memory && !register) return undefined;
  return {
    always: !cache,
    retries,
    gpu,
    ...(timeout && { timeout: inUnit(timeout, secondsOf) }),
    ...(memory && { memory: Math.ceil(inUnit(memory, bytesOf)) }),
    ...(samples !== 'auto' && { samples }),
    ...(register && { register }),
  };
}

/** A quantity, whose key is its unit, in the smallest of its units. */
function inUnit<Unit extends string>(
  quantity: Readonly<Partial<Record<Unit, number>>>,
  sizes: Readonly<Record<Unit, number>>,
): number {
  return Object.entries<number>(quantity as Readonly<Record<string, number>>).reduce(
    (sum, [unit, amount]) => sum + amount * sizes[unit as Unit],
    0,
  );
}

import { type StageContext, type StageImplementation, StageProblem } from '../execute/contract.js';
import type { WorkerKind } from '../spec/runnable.js';
import { memoryFault } from '../tensor/out-of-memory.js';

/**
 * A stage that tells of a lack of memory as of a problem with a field of its own. It can tell only where memory is refused;
 * the kernel, which gives what it does not have, kills the process later, and then the parent has to say so.
 *
 * @param field What to make smaller, where it is one field.
 */
export function withinMemory<K extends WorkerKind>(
  run: StageImplementation<K>,
  field?: string,
): StageImplementation<K> {
  return async (context: StageContext<K>) => {
    try {
      await run(context);
    } catch (error) {
      const fault = memoryFault(error);
      if (fault === undefined) throw error;
      const smaller = field === undefined ? '' : `lower \`${field}\`, `;
      const help = `${smaller}run fewer stages at once (-j 1), or say what ${context.stage} needs, so that it waits for it: \`resources: {memory: {gib: 4}}\``;
      throw new StageProblem(fault, field === undefined ? [] : [field], help);
    }
  };
}

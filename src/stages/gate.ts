import type { StageContext } from '../execute/contract.js';
import { tellVerdict } from './collected/verdict.js';

/** Holds a gate's assertions against what it collects; see `tellVerdict`. The run's exit code follows from the verdict. */
export async function runGate(context: StageContext<'gate'>): Promise<void> {
  await tellVerdict(context);
}

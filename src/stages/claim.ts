import type { StageContext } from '../execute/contract.js';
import { tellVerdict } from './collected/verdict.js';

/** Holds what a claim asserts against what it collects; see `tellVerdict`. */
export async function runClaim(context: StageContext<'claim'>): Promise<void> {
  await tellVerdict(context);
}

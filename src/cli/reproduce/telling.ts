import { plural } from '../../base/format.js';
import { listOfFiles } from '../../execute/stage-work.js';
import type { Verdict } from './verdicts.js';

/** What running a run once more came to. */
export interface Reproduction {
  readonly run: string;
  readonly verdicts: readonly Verdict[];
  /** What is other here than where it was run, a line each. */
  readonly differences: readonly string[];
}

export function isReproduced({ verdicts }: Reproduction): boolean {
  return verdicts.every(({ state }) => state === 'equal');
}

export function reproductionText(reproduction: Reproduction): string {
  const { verdicts, differences } = reproduction;
  const width = Math.max(...verdicts.map(({ stage }) => stage.length));
  const stages = verdicts.map((verdict) => `  ${verdict.stage.padEnd(width)}  ${words(verdict)}\n`).join('');
  const here = differences.map((difference) => `  ${difference}\n`).join('');
  if (isReproduced(reproduction)) {
    const elsewhere = here === '' ? '' : `, although this is not where it ran:\n${here.trimEnd()}`;
    return `${stages}Reproduced to the last bit${elsewhere || '.'}\n`;
  }
  const unequal = verdicts.filter(({ state }) => state !== 'equal').length;
  const reason = here === '' ? 'this machine is the same as far as was recorded' : 'what is different here:';
  return `${stages}Not reproduced: ${unequal} of ${plural(verdicts.length, 'stage')}; ${reason}\n${here}`;
}

/** The same for machines, as a line. */
export function reproductionJson(reproduction: Reproduction): string {
  const { run, verdicts: stages, differences } = reproduction;
  const reproduced = isReproduced(reproduction);
  return `${JSON.stringify({ type: 'reproduce', run, reproduced, stages, differences })}\n`;
}

function words(verdict: Verdict): string {
  switch (verdict.state) {
    case 'equal':
      return `equal (${verdict.digest.slice(0, 12)})`;
    case 'different':
      return `different: ${listOfFiles(verdict.files)}`;
    case 'failed':
      return verdict.reason;
  }
}

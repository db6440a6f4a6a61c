import type { Estimate, Spread } from '../base/estimate.js';
import { numberOrWord } from '../base/finite-or-word.js';
import type { MetricIdentity } from '../base/metric-identity.js';
import type { Axes } from '../resolve/axes.js';

/** What came of an assertion, or of all of a stage. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** What a gate or a claim came to. */
export interface VerdictEvent {
  readonly type: 'verdict';
  /** `fail` where any finding is, else `inconclusive` where any is. */
  readonly verdict: Verdict;
  /** Of the intervals. */
  readonly confidence: number;
  readonly findings: readonly Finding[];
}

/** What an assertion came to at one place on the collected axes. */
export interface Finding {
  readonly verdict: Verdict;
  /** Index of the assertion in `assert`. */
  readonly assertion: number;
  /** As in `quality.fid`. */
  readonly metric: string;
  /** On the collected axes without the seed. */
  readonly place: Axes;
  /** What is bounded: the metric itself, or what it is beside something else. */
  readonly of: 'value' | 'ratio' | 'difference';
  /** As in `arm=base`, `gan_quality.fid` or `12 runs of "mnist"`; undefined for the metric itself. */
  readonly versus?: string;
  readonly bounds: { readonly min?: number; readonly max?: number };
  /** Undefined where there is none. */
  readonly estimate?: Estimate;
  /** Why there is no estimate, or none that decides: a clause. */
  readonly reason?: string;
}

/** What a `compare` stage came to. */
export interface ComparisonEvent {
  readonly type: 'comparison';
  readonly confidence: number;
  readonly columns: readonly ComparedColumn[];
  /** What the others are compared with, on some of the axes. */
  readonly versus?: Axes;
  /** In the order of `rank_by`, the best first, or else as the file has them. */
  readonly rows: readonly ComparedRow[];
}

export interface ComparedColumn {
  /** As in `quality.fid`. */
  readonly metric: string;
  readonly better: 'lower' | 'higher' | 'neither';
  /** Why its values do not compare: they are of different things. */
  readonly unlike?: keyof MetricIdentity;
}

export interface ComparedRow {
  /** On the collected axes without the seed. */
  readonly place: Axes;
  /** One for each column. */
  readonly cells: readonly ComparedCell[];
}

export interface ComparedCell {
  /** The mean over seeds; undefined where a value is lacking. */
  readonly estimate?: Estimate;
  /** From the row that all are compared with, in pairs of seeds. */
  readonly difference?: Estimate;
  /** Of no difference, adjusted for the rows of the column (Holm 1979); undefined for fewer than two pairs. */
  readonly p?: number;
  /** Why there is no estimate: a clause. */
  readonly lacks?: string;
}

/** The event as it was before the numbers of its estimates were written as words. */
export function withEstimates(event: VerdictEvent | ComparisonEvent): VerdictEvent | ComparisonEvent {
  if (event.type === 'verdict') {
    const findings = event.findings.map(({ estimate, ...finding }) => ({
      ...finding,
      ...(estimate && { estimate: withNumbers(estimate) }),
    }));
    return { ...event, findings };
  }
  const rows = event.rows.map(({ place, cells }) => ({
    place,
    cells: cells.map(({ estimate, difference, ...cell }) => ({
      ...cell,
      ...(estimate && { estimate: withNumbers(estimate) }),
      ...(difference && { difference: withNumbers(difference) }),
    })),
  }));
  return { ...event, rows };
}

function withNumbers({ value, count, spread }: Estimate): Estimate {
  const numbered: Spread =
    spread.kind === 'interval'
      ? { kind: spread.kind, low: numberOrWord(spread.low), high: numberOrWord(spread.high) }
      : spread;
  return { value: numberOrWord(value), count, spread: numbered };
}

/** What a stage that judges is said to be. */
export function verdictWord(kind: 'gate' | 'claim', verdict: Verdict): string {
  return words[kind][verdict];
}

const words = {
  gate: { pass: 'passed', fail: 'failed', inconclusive: 'inconclusive' },
  claim: { pass: 'supported', fail: 'refuted', inconclusive: 'inconclusive' },
} as const;

/** The worst of them; `pass` where there is nothing to fail. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes('fail') ? 'fail' : verdicts.includes('inconclusive') ? 'inconclusive' : 'pass';
}

import { formatCount } from '../../base/format.js';
import type { Finding, Verdict } from '../../execute/judged.js';
import { stageName } from '../../plan/stage-name.js';
import type { JudgedStage } from '../../report/judged-stages.js';
import {
  findingWords,
  levelWords,
  type JudgingKind,
  verdictSummary,
  verdictTone,
} from '../../report/verdict-words.js';
import { mostCells } from '../cells.js';
import type { Look } from './look.js';
import { oneLine, wrap } from './text.js';

/** Each gate and claim with what it found. */
export function verdictLines(judged: readonly JudgedStage[], width: number, look: Look): readonly string[] {
  const { shown, rest } = telling(judged, ({ verdict }) => verdict.verdict);
  return [
    ...shown.flatMap((stage, index) => [...(index === 0 ? [] : ['']), ...stageLines(stage, width, look)]),
    ...(rest === '' ? [] : ['', `  ${look.colour.dim(`${look.symbols.ellipsis} and ${rest}`)}`]),
  ];
}

function stageLines(stage: JudgedStage, width: number, look: Look): readonly string[] {
  const { id, kind, verdict, statement, source } = stage;
  const { shown, rest } = telling(verdict.findings, (finding) => finding.verdict);
  const hasIntervals = verdict.findings.some(({ estimate }) => estimate?.spread.kind === 'interval');
  const level = hasIntervals ? `  (${levelWords(verdict.confidence)} intervals)` : '';
  const name = oneLine(stageName(id) === kind ? id : `${kind} ${id}`);
  const claimed = statement === undefined ? '' : statement + (source === undefined ? '' : ` (${source})`);
  return [
    `  ${verdictMark(kind, verdict.verdict, look)} ${name}  ${toneStyle(kind, verdict.verdict, look)(verdictSummary(kind, verdict))}${look.colour.dim(level)}`,
    ...(claimed === '' ? [] : wrap(oneLine(claimed), width - 4).map((line) => `    ${line}`)),
    ...shown.flatMap((finding) => findingLines(kind, finding, width, look)),
    ...(rest === '' ? [] : [`    ${look.colour.dim(`${look.symbols.ellipsis} and ${rest}`)}`]),
  ];
}

function findingLines(kind: JudgingKind, finding: Finding, width: number, look: Look): readonly string[] {
  const mark = verdictMark(kind, finding.verdict, look);
  // The number of runs stays in one line with what it is the number of.
  const words = oneLine(findingWords(finding)).replace(/\bn = (?=\d)/g, `n${glue}=${glue}`);
  return wrap(words, width - 6)
    .map((line) => line.replaceAll(glue, ' '))
    .map((line, index) => (index === 0 ? `    ${mark} ${line}` : `      ${line}`));
}

/** As wide as a space, and none to `wrap`. */
const glue = '\u00a0';

/** Of many the ones that do not hold. */
function telling<T>(all: readonly T[], verdictOf: (one: T) => Verdict) {
  if (all.length <= mostCells) return { shown: all, rest: '' };
  const open = all.filter((one) => verdictOf(one) !== 'pass');
  const shown = open.slice(0, mostCells);
  const holding = all.length - open.length;
  const rest = [
    ...(open.length === shown.length ? [] : [`${formatCount(open.length - shown.length)} more`]),
    ...(holding === 0 ? [] : [`${formatCount(holding)} that hold`]),
  ];
  return { shown, rest: rest.join(', ') };
}

/** As `✗`, in the colour that it deserves. */
export function verdictMark(kind: JudgingKind, verdict: Verdict, look: Look): string {
  const { done, failed, undecided } = look.symbols;
  return toneStyle(kind, verdict, look)({ pass: done, fail: failed, inconclusive: undecided }[verdict]);
}

export function toneStyle(kind: JudgingKind, verdict: Verdict, { colour }: Look): (text: string) => string {
  return { good: colour.green, bad: colour.red, unsure: colour.yellow, neutral: colour.dim }[
    verdictTone(kind, verdict)
  ];
}

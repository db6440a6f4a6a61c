import stringWidth from 'string-width';

import { formatCount, formatDuration, formatNumber, plural } from '../../base/format.js';
import { required } from '../../base/invariant.js';
import type { RunStarted } from '../../execute/events.js';
import { divergedWords, whyNotRun } from '../../execute/record.js';
import { explainFailure, isOwnFault } from '../../report/failure.js';
import { estimateMetric } from '../../report/key-results.js';
import { verdictSummary } from '../../report/verdict-words.js';
import { runningMedian } from '../../metrics/curves.js';
import type { RenderProblem } from './contract.js';
import type { Look } from './look.js';
import { rateOf, secondsLeft } from './pace.js';
import type { StageProgress, Work } from './progress-model.js';
import { oneLine, padEnd, truncate, wrap } from './text.js';
import { toneStyle, verdictMark } from './verdict-lines.js';
import type { WorkLine } from './work-line.js';

/** Names longer than this do not push all other columns to the right. */
const widestName = 28;

/** Of how long a stage took. */
const timeWidth = 11;

/** Cells of the column that holds the names of a run's stages. */
export function nameColumn(stages: Iterable<{ readonly id: string }>, widest = widestName): number {
  return Math.min(widest, Math.max(0, ...Array.from(stages, ({ id }) => stringWidth(id))));
}

export function startLine({ pipeline, run, stages }: RunStarted, width: number, look: Look): string {
  const text = oneLine(`${pipeline}: ${plural(stages.length, 'stage')}, run ${run}`);
  return truncate(text, width, look.symbols.ellipsis);
}

/** The line that stays of a stage that has ended; `width` cells at most. */
export function endLine(stage: StageProgress, nameWidth: number, width: number, look: Look): string {
  const { symbols, colour } = look;
  const { state } = stage;
  const name = padEnd(truncate(oneLine(stage.id), nameWidth, symbols.ellipsis), nameWidth);
  const room = width - 4 - nameWidth;
  const fit = (text: string) => truncate(text, room, symbols.ellipsis);
  switch (state.name) {
    case 'waiting':
    case 'running':
      return `  ${name}`;
    case 'done': {
      const time = padEnd(formatDuration(state.seconds), timeWidth);
      const judged = judgedLine(stage, name, time, room - timeWidth - 2, look);
      if (judged !== undefined) return judged;
      const numbers = headlines(stage, room - timeWidth);
      return [`${colour.green(symbols.done)} ${name}`, time, ...numbers].join('  ').trimEnd();
    }
    case 'cached':
      return (
        judgedLine(stage, name, colour.dim(padEnd('cached', timeWidth)), room - timeWidth - 2, look) ??
        `${colour.dim(symbols.cached)} ${name}  ${colour.dim('cached')}`
      );
    case 'diverged': {
      const words = divergedWords(state.divergence);
      const text = fit(state.cached ? `cached: ${words}` : words);
      return `${colour.yellow(symbols.failed)} ${name}  ${colour.yellow(text)}`;
    }
    case 'failed': {
      const { verb } = explainFailure(state.failure);
      const after = state.seconds === undefined ? '' : ` after ${formatDuration(state.seconds)}`;
      const red = isOwnFault(state.failure) ? colour.red : colour.yellow;
      return `${red(symbols.failed)} ${name}  ${red(fit(`${verb}${after}`))}`;
    }
    case 'not_run': {
      const why = oneLine(whyNotRun(state.because));
      return `${colour.dim(symbols.skipped)} ${name}  ${colour.dim(fit(`not run: ${why}`))}`;
    }
  }
}

/** Of a gate or a claim: what it came to. Undefined for other stages. */
function judgedLine(
  { kind, verdict }: StageProgress,
  name: string,
  time: string,
  room: number,
  look: Look,
): string | undefined {
  if (verdict === undefined || (kind !== 'gate' && kind !== 'claim')) return undefined;
  const summary = truncate(verdictSummary(kind, verdict), room, look.symbols.ellipsis);
  const style = toneStyle(kind, verdict.verdict, look);
  return `${verdictMark(kind, verdict.verdict, look)} ${name}  ${time}  ${style(summary)}`;
}

/** What stands below the line of a failed stage: whose fault it is, what to do, what it wrote last. */
export function failureLines(
  stage: StageProgress,
  renderProblem: RenderProblem,
  width: number,
  look: Look,
): readonly string[] {
  if (stage.state.name !== 'failed' || !isOwnFault(stage.state.failure)) return [];
  const { failure } = stage.state;
  if (failure.reason === 'problem') {
    const diagnostic = renderProblem(stage.id, failure);
    if (diagnostic !== undefined) return ['', ...diagnostic.replace(/\n+$/, '').split('\n'), ''];
  }
  const { heading, message, help, lastLines } = explainFailure(failure);
  const prose = (text: string) => wrap(oneLine(text), width - 2).map((line) => `  ${line}`);
  return [
    ...prose(heading).map((line) => look.colour.bold(line)),
    ...(message?.split('\n').flatMap(prose) ?? []),
    ...(help === undefined ? [] : prose(help)),
    ...(lastLines.length === 0 ? [] : ['', '  The last lines that it wrote:']),
    ...lastLines.map((line) => `    ${look.colour.dim(oneLine(line))}`),
    '',
  ];
}

/** What is known of the samples so far, as in `wasserstein_estimate 0.1834`: as many as fit with two cells before each. */
export function headlines(stage: StageProgress, width = Number.POSITIVE_INFINITY): readonly string[] {
  const estimate = estimateOf(stage);
  const shown: readonly (readonly [string, number])[] =
    estimate === undefined
      ? Object.entries(stage.latest).slice(0, stage.kind === 'train' ? 1 : undefined)
      : [[estimateMetric, estimate]];
  const texts = shown.map(([name, value]) => `${oneLine(name)} ${formatNumber(value)}`);
  let taken = 0;
  return texts.filter((text) => (taken += 2 + stringWidth(text)) <= width);
}

/** The same median as the report's, so that the two show one number. */
function estimateOf(stage: StageProgress): number | undefined {
  return runningMedian(stage.estimates).at(-1)?.value;
}

/** A running stage as a line with a bar. */
export function runningLine(stage: StageProgress, nameWidth: number): WorkLine {
  const estimate = estimateOf(stage);
  const [first] = Object.entries(stage.latest);
  const tail =
    estimate !== undefined
      ? `estimate ${formatNumber(estimate, 3)}`
      : first !== undefined
        ? `${oneLine(first[0])} ${formatNumber(first[1], 3)}`
        : undefined;
  const { work } = stage;
  const rate = work === undefined ? undefined : rateOf(work.pace);
  return {
    name: oneLine(stage.id),
    nameWidth,
    share: work === undefined ? undefined : shareOf(work),
    rate: work === undefined || rate === undefined ? undefined : `${rateText(rate)} ${oneLine(work.unit)}/s`,
    shortRate: rate === undefined ? undefined : `${rateText(rate)}/s`,
    secondsLeft: work === undefined ? undefined : secondsLeft(work.pace, work.total),
    tail,
  };
}

export function shareOf({ pace, total }: Work): number {
  return total > 0 ? Math.min(1, pace.done / total) : 1;
}

/** A running stage as a line of a log. */
export function progressText(stage: StageProgress): string {
  const { percent, counts, rate, left } = workTexts(required(stage.work, `work of stage ${stage.id}`));
  const parts = [`${percent} (${counts})`, rate, left, ...headlines(stage)];
  return `${oneLine(stage.id)}: ${parts.filter((part) => part !== undefined).join(', ')}`;
}

function workTexts(work: Work) {
  const rate = rateOf(work.pace);
  const left = secondsLeft(work.pace, work.total);
  const unit = oneLine(work.unit);
  return {
    percent: `${Math.floor(shareOf(work) * 100 + 1e-9)}%`,
    counts: `${formatCount(work.pace.done)} of ${formatCount(work.total)} ${unit}`,
    rate: rate === undefined ? undefined : `${rateText(rate)} ${unit}/s`,
    left: left === undefined ? undefined : `${formatDuration(left)} left`,
  };
}

/** Two digits below ten: the last ones of a rate are noise. */
function rateText(rate: number): string {
  return rate >= 9.95 ? formatCount(Math.round(rate)) : formatNumber(rate, 2);
}

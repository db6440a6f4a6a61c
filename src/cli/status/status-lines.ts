import stringWidth from 'string-width';

import { formatCount, formatDuration, formatPercent, plural } from '../../base/format.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { groupBy } from '../../base/group.js';
import { mostCells } from '../cells.js';
import { stateWord } from '../terminal/folded-cells.js';
import type { Look } from '../terminal/look.js';
import { recordedProgress } from '../terminal/progress-model.js';
import { endLine, headlines, nameColumn } from '../terminal/stage-lines.js';
import { outcomeLine } from '../terminal/summary.js';
import { oneLine, padEnd, truncate, wrap } from '../terminal/text.js';
import type { RunState, RunUnderWay, Status } from './run-states.js';
import { workUnderWay, type StageWork } from './stage-work.js';

interface View {
  readonly now: number;
  readonly width: number;
  readonly look: Look;
}

/** What goes on, and what went before, for people. */
export function statusLines({ underWay, past }: Status, view: View): readonly string[] {
  const runOf = new Map(underWay.flatMap(({ owner, run }) => (owner === undefined ? [] : [[owner, run]])));
  return [
    ...(underWay.length === 0
      ? ['Nothing is under way.']
      : underWay.flatMap((run, index) => [...(index === 0 ? [] : ['']), ...underWayLines(run, runOf, view)])),
    ...(past.length === 0 ? [] : ['', view.look.colour.dim('Before that')]),
    ...past.flatMap((run) => pastLines(run, view)),
  ];
}

function underWayLines(
  { run, owner, record }: RunUnderWay,
  runOf: ReadonlyMap<string, string>,
  view: View,
): readonly string[] {
  const { look, width, now } = view;
  if (record === undefined) return [titleLine(run, [owner ?? 'beginning'], view)];
  const { start, stages, end } = record;
  const time = formatDuration(Math.max(0, now - start.time) / 1000);
  const facts = [run, ...(owner === undefined ? [] : [owner]), time];
  const told = stages.filter(isTold);
  const named = told.slice(0, mostCells);
  const names = nameColumn(
    named.map(({ stage }) => stage),
    Math.max(16, width - 40),
  );
  const work = workUnderWay(record);
  const more = told.length - named.length;
  return [
    titleLine(start.pipeline, facts, view),
    ...wrap(
      end ? 'all stages have ended; report and MLflow are being written' : countsOf(stages),
      width - 2,
    ).map((line) => `  ${line}`),
    ...named.map((stage) => stageLine(stage, { names, work: work.get(stage), runOf }, view)),
    ...(more === 0 ? [] : [look.colour.dim(`  ${look.symbols.ellipsis} and ${formatCount(more)} more`)]),
  ];
}

/** The pipeline, and as much beside it as there is room for. */
function titleLine(name: string, facts: readonly string[], { look, width }: View): string {
  const title = truncate(oneLine(name), width, look.symbols.ellipsis);
  const room = width - stringWidth(title);
  const beside = truncate(facts.map((fact) => `  ${oneLine(fact)}`).join(''), room, look.symbols.ellipsis);
  return look.colour.bold(title) + beside;
}

/** Stages that have a line of their own: what happens now, what went wrong, and what was judged. */
function isTold({ outcome, verdict }: StageRecord): boolean {
  return (
    verdict !== undefined ||
    outcome.state === 'running' ||
    outcome.state === 'failed' ||
    (outcome.state === 'pending' && outcome.waitsFor !== undefined)
  );
}

function countsOf(
  stages: readonly StageRecord[],
  wordOf: (stage: StageRecord) => string = stateWord,
): string {
  const counts = groupBy(stages, wordOf);
  const parts = [...counts].map(([word, { length }]) => `${formatCount(length)} ${word}`);
  return `${plural(stages.length, 'stage')}: ${parts.join(', ')}`;
}

interface StageView {
  readonly names: number;
  readonly work: StageWork | undefined;
  /** The runs under way, by their processes. */
  readonly runOf: ReadonlyMap<string, string>;
}

function stageLine(recorded: StageRecord, { names, work, runOf }: StageView, view: View): string {
  const { look, width, now } = view;
  const { stage, outcome } = recorded;
  const name = padEnd(truncate(oneLine(stage.id), names, look.symbols.ellipsis), names);
  const room = width - names - 6;
  const line = (mark: string, parts: readonly string[]) =>
    `  ${mark} ${name}  ${truncate(parts.join('  '), room, look.symbols.ellipsis)}`;
  switch (outcome.state) {
    case 'running': {
      const time = `for ${formatDuration(Math.max(0, now - outcome.since) / 1000)}`;
      const first = [...(work ? [wordsOf(work)] : []), time];
      // A number that is cut off is none.
      const numbers = headlines(recordedProgress(recorded), room - stringWidth(first.join('  ')));
      const parts = [...first, ...numbers];
      return line(look.colour.cyan(look.symbols.running), parts);
    }
    case 'pending': {
      const { waitsFor } = outcome;
      if (waitsFor === undefined) return line(look.colour.dim(look.symbols.skipped), ['waiting']);
      const run = runOf.get(waitsFor);
      const where = run === undefined ? '' : ` (run ${run})`;
      return line(look.colour.dim(look.symbols.skipped), [`waiting for ${waitsFor}${where}`]);
    }
    case 'succeeded':
    case 'diverged':
    case 'failed':
    case 'not_run':
      return `  ${endLine(recordedProgress(recorded), names, width - 2, look)}`;
  }
}

function wordsOf({ step, steps }: StageWork): string {
  const done = formatCount(step);
  if (steps === undefined) return `step ${done}`;
  return `${formatPercent(Math.min(1, step / steps))}  ${done} of ${formatCount(steps)} steps`;
}

function pastLines(state: Exclude<RunState, RunUnderWay>, view: View): readonly string[] {
  const { look, width } = view;
  const said = (text: string) => wrap(text, width - 2).map((line) => `  ${line}`);
  if (state.state === 'unreadable') {
    return [titleLine(state.run, [], view), ...said('its journal is damaged, and says nothing')];
  }
  const { record, run } = state;
  const title = titleLine(record.start.pipeline, [run], view);
  if (state.state === 'ended')
    return [title, ...said(outcomeLine(record, look)), ...judgedLines(record, view)];
  const died = look.colour.yellow.bold('Its process died');
  const counts = countsOf(record.stages, deadWord);
  return [title, ...said(`${died}: ${counts}; the next run goes on from there`)];
}

/** The end lines of gates and claims; of many those of the ones that do not hold. */
function judgedLines({ stages }: RunRecord, { look, width }: View): readonly string[] {
  const judged = stages.filter(({ verdict }) => verdict !== undefined);
  const open = judged.filter(({ verdict }) => verdict?.verdict !== 'pass');
  const shown = (judged.length > mostCells ? open : judged).slice(0, mostCells);
  const names = nameColumn(shown.map(({ stage }) => stage));
  return shown.map((stage) => `  ${endLine(recordedProgress(stage), names, width - 2, look)}`);
}

/** What came of a stage in a run whose process died. */
function deadWord(stage: StageRecord): string {
  switch (stage.outcome.state) {
    case 'running':
      return 'cut short';
    case 'pending':
      return 'not run';
    case 'succeeded':
    case 'diverged':
    case 'failed':
    case 'not_run':
      return stateWord(stage);
  }
}

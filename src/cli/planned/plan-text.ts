import { formatCount, formatDuration, plural } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import { whyNotRun } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import type { AssessedStage, Assessment } from '../assess-plan.js';
import type { Look } from '../terminal/look.js';
import { oneLine, padEnd, truncate } from '../terminal/text.js';
import { causeGroup, causeWords, type Room } from './cause-words.js';
import type { Teller, ToldCause } from './told-cause.js';
import { networksTable } from './networks-table.js';
import { unitsTable } from './units-table.js';

/** Cells of one stage that are shown a line each. */
const mostCells = 12;
/** Reasons of such a stage that are counted by themselves. */
const mostGroups = 4;
const narrowestVerdict = 30;

/** What a run would do, in lines of at most `width` cells: each stage, why, how long it trains and will take, and what it trains. */
export function planText(assessment: Assessment, teller: Teller, width: number, look: Look): string {
  const { stages, units, networks } = assessment;
  const { ellipsis } = look.symbols;
  const parts = groupsOf(stages);
  const nameWidth = Math.max(...parts.map(({ name }) => name.length));
  const room = Math.max(narrowestVerdict, width - nameWidth - 4);
  const lines = parts.flatMap(({ name, cells, isOneCell }) => {
    const [first] = cells;
    const verdicts =
      isOneCell && first
        ? [verdictOf(first, teller, room, ellipsis)]
        : countedVerdicts(cells, teller, room, ellipsis);
    return verdicts.map((verdict, index) => `  ${padEnd(index === 0 ? name : '', nameWidth)}  ${verdict}`);
  });
  const tables = [
    unitsTable(stages, units, width, ellipsis),
    networksTable(stages, networks, width, ellipsis),
  ].flatMap((table) => (table.length === 0 ? [] : ['', ...table]));
  const total = `${plural(stages.length, 'stage')}: ${countsOf(stages)}${timeOf(stages)}`;
  return `${[...lines, total, ...tables].join('\n')}\n`;
}

/** `2 to run, 1 cached`. */
function countsOf(stages: readonly AssessedStage[]): string {
  const runs = stages.filter((stage) => stage.runs).length;
  const unread = stages.filter(({ hindrance }) => hindrance && 'diverged' in hindrance).length;
  const shut = stages.filter(({ hindrance }) => hindrance && 'refused' in hindrance).length;
  const rest =
    (unread === 0 ? '' : `, ${formatCount(unread)} that read${unread === 1 ? 's' : ''} what diverged`) +
    (shut === 0 ? '' : `, ${formatCount(shut)} behind a gate that did not pass`);
  return `${formatCount(runs)} to run, ${formatCount(stages.length - runs - unread - shut)} cached${rest}`;
}

/** Of all that is to run: the sum of what is known, and of how many stages nothing is. */
export function estimateOf(stages: readonly AssessedStage[]): {
  readonly seconds: number | undefined;
  readonly unknown: number;
} {
  const running = stages.filter((stage) => stage.runs);
  const known = running.flatMap(({ estimate }) => estimate ?? []);
  const seconds = known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0);
  return { seconds, unknown: running.length - known.length };
}

function timeOf(stages: readonly AssessedStage[]): string {
  const { seconds, unknown } = estimateOf(stages);
  if (seconds === undefined) return unknown === 0 ? '' : '; no past run says how long that takes';
  const rest = unknown === 0 ? '' : `, ${plural(unknown, 'stage')} unknown`;
  return `; about ${formatDuration(seconds)} of work from past runs${rest}`;
}

interface Group {
  readonly name: string;
  readonly cells: readonly AssessedStage[];
  readonly isOneCell: boolean;
}

/** A line a stage; a stage of the file with many cells gets one line with counts, and `--json` tells them apart. */
function groupsOf(stages: readonly AssessedStage[]): readonly Group[] {
  const byName = groupBy(stages, ({ stage }) => stageName(stage.id));
  return [...byName].flatMap(([name, cells]): readonly Group[] => {
    if (cells.length <= mostCells) {
      return cells.map((cell) => ({ name: cell.stage.id, cells: [cell], isOneCell: true }));
    }
    const axes = new Set(cells.flatMap(({ stage }) => Object.keys(stage.axes ?? {})));
    return [{ name: `${name}@${[...axes].join()}`, cells, isOneCell: false }];
  });
}

function verdictOf(row: AssessedStage, teller: Teller, width: number, ellipsis: string): string {
  if (row.sameAs !== undefined) return truncate(`the same as ${row.sameAs}`, width, ellipsis);
  if (row.hindrance) return truncate(`not run: ${whyNotRun(row.hindrance)}`, width, ellipsis);
  if (!row.runs) {
    return row.found.state === 'hit' ? `hit (took ${formatDuration(row.found.artifact.seconds)})` : '';
  }
  const told = row.explanation.causes.map((cause) => teller.tell(cause, row.stage.id));
  const [first] = told;
  if (!first) return 'run';
  // Of one that never ran, what it has in common with another is another question: `explain` answers it.
  const others = first.cause.type === 'never_ran' ? 0 : new Set(told.map(distinction)).size - 1;
  const more = others === 0 ? '' : ` and ${others} more`;
  const texts = roomsFor(ellipsis).map((room) => oneLine(`run: ${causeWords(first, room)}${more}`));
  return texts.find((text) => text.length <= width) ?? truncate(texts.at(-1) ?? '', width, ellipsis);
}

/** What gives way first where a line is narrow: long values, then folders, then places. */
function roomsFor(ellipsis: string): readonly Room[] {
  return [
    { value: 60, place: 'whole', ellipsis },
    { value: 24, place: 'whole', ellipsis },
    { value: 24, place: 'file', ellipsis },
    { value: 24, place: 'none', ellipsis },
    { value: 12, place: 'none', ellipsis },
  ];
}

/** One edit may change several fields, as an optimizer for both networks does: it counts once. */
function distinction({ cause, place }: ToldCause): string {
  const { source, start } = place?.range ?? { source: undefined, start: 0 };
  return cause.type === 'field' && place?.isDefault === false
    ? `${source?.path ?? ''}:${start}`
    : JSON.stringify(cause);
}

function countedVerdicts(
  cells: readonly AssessedStage[],
  teller: Teller,
  width: number,
  ellipsis: string,
): readonly string[] {
  const groups = new Map<string, number>();
  for (const { stage, explanation } of cells) {
    const [first] = explanation.causes;
    const group = first && causeGroup(teller.tell(first, stage.id));
    if (group !== undefined) groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  const sorted = [...groups].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, mostGroups).map(([group, count]) => `  ${formatCount(count)}: ${group}`);
  const rest = sorted.slice(mostGroups).reduce((sum, [, count]) => sum + count, 0);
  return [
    `${plural(cells.length, 'cell')}: ${countsOf(cells)}`,
    ...shown.map((text) => truncate(text, width, ellipsis)),
    ...(rest === 0 ? [] : [`  ${formatCount(rest)}: other reasons`]),
  ];
}

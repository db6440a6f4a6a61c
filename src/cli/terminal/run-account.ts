import stringWidth from 'string-width';

import { formatDuration } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import { comparisonTables } from '../../report/comparison-table.js';
import { judgedStages } from '../../report/judged-stages.js';
import { keyResults } from '../../report/key-results.js';
import { provenanceFacts } from '../../report/provenance-facts.js';
import { mostCells } from '../cells.js';
import { axesIn } from '../recorded-axes.js';
import { comparisonLines } from './comparison-lines.js';
import {
  isTelling,
  failureOf,
  foldedFailures,
  foldedLine,
  foldedName,
  foldedResults,
  type StageCells,
} from './folded-cells.js';
import type { Look } from './look.js';
import { recordedProgress } from './progress-model.js';
import { endLine, headlines, nameColumn } from './stage-lines.js';
import { outcomeLine, resultLines } from './summary.js';
import { oneLine, padEnd, truncate, wrap } from './text.js';
import { verdictLines } from './verdict-lines.js';

type Fact = readonly [name: string, value: string];

export interface Account {
  readonly record: RunRecord;
  /** Where report, log and MLflow are. */
  readonly places: readonly Fact[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a past run was and gave, for people. */
export function accountLines({ record, places, now }: Account, width: number, look: Look): readonly string[] {
  const { start } = record;
  const axes = Object.entries(axesIn(start)).map(([axis, values]) => `${axis}: ${values.join(', ')}`);
  const facts = [
    ...provenanceFacts(start),
    ...(axes.length === 0 ? [] : [['Axes', axes.join('; ')] as const]),
  ];
  const results = keyLines(record, width, look);
  const tables = comparisonTables(record);
  const judged = judgedStages(record);
  return [
    `${look.colour.bold(oneLine(start.pipeline))}  ${start.run}`,
    ...(start.desc === undefined ? [] : wrap(oneLine(start.desc), width)),
    '',
    ...wrap(outcomeLine(record, look), width),
    '',
    ...stageLines(record, now, width, look),
    ...(results.length === 0 ? [] : ['', ...results]),
    ...tables.flatMap((table) => ['', ...comparisonLines(table, width, look)]),
    ...(judged.length === 0 ? [] : ['', ...verdictLines(judged, width, look)]),
    '',
    ...inColumns(facts, width, look.colour.dim),
    '',
    // Commands and addresses are to be copied: they stay whole.
    ...inColumns(places, Number.POSITIVE_INFINITY, look.colour.dim),
  ];
}

/** Names in a column, values beside it, in as many lines as they need. */
function inColumns(
  facts: readonly Fact[],
  width: number,
  drawName: (name: string) => string = (name) => name,
): readonly string[] {
  const names = Math.max(0, ...facts.map(([name]) => stringWidth(name)));
  return facts.flatMap(([name, value]) =>
    wrap(oneLine(value), width - names - 2).map(
      (text, index) => `${drawName(padEnd(index === 0 ? name : '', names))}  ${text}`,
    ),
  );
}

function stageLines(record: RunRecord, now: number, width: number, look: Look): readonly string[] {
  const stages = stagesOf(record);
  const named = stages.flatMap((stage) =>
    isFolded(stage) ? [{ id: foldedName(stage) }] : stage.cells.map((cell) => cell.stage),
  );
  // Wider than beside a run under way, where bars need the room: here cells are told apart by their names.
  const names = nameColumn(named, Math.max(16, width - 32));
  return stages.flatMap((stage) => {
    if (isFolded(stage)) return [foldedLine(stage, names, look), ...foldedFailures(stage, width, look)];
    const told = new Set<string>();
    return stage.cells.flatMap((cell) => {
      const failure = failureOf(cell, width, look);
      const text = failure.join('\n');
      const isNew = !told.has(text);
      told.add(text);
      return [cellLine(cell, record, { now, names, width, look }), ...(isNew ? failure : [])];
    });
  });
}

interface View {
  readonly now: number;
  readonly names: number;
  readonly width: number;
  readonly look: Look;
}

function cellLine(cell: StageRecord, { end }: RunRecord, { now, names, width, look }: View): string {
  const { symbols, colour } = look;
  const name = padEnd(truncate(oneLine(cell.stage.id), names, symbols.ellipsis), names);
  switch (cell.outcome.state) {
    case 'pending': {
      const { waitsFor } = cell.outcome;
      const waiting = waitsFor === undefined ? 'waiting' : `waiting for ${waitsFor}`;
      return `${colour.dim(symbols.skipped)} ${name}  ${colour.dim(end === undefined ? waiting : 'not run')}`;
    }
    case 'running': {
      if (end !== undefined) return `${colour.yellow(symbols.failed)} ${name}  ${colour.yellow(cutShort)}`;
      const time = formatDuration((now - cell.outcome.since) / 1000);
      return `${colour.cyan(symbols.running)} ${name}  under way for ${time}`;
    }
    case 'succeeded': {
      const progress = recordedProgress(cell);
      if (!cell.outcome.cached || progress.verdict) return endLine(progress, names, width, look);
      const numbers = headlines(progress, width - 4 - names - cachedWidth);
      const text = ['cached'.padEnd(cachedWidth), ...numbers].join('  ').trimEnd();
      return `${colour.dim(symbols.cached)} ${name}  ${colour.dim(text)}`;
    }
    case 'diverged':
    case 'failed':
    case 'not_run':
      return endLine(recordedProgress(cell), names, width, look);
  }
}

/** As wide as the times beside it. */
const cachedWidth = 11;

const cutShort = 'cut short: the run’s process died';

function keyLines(record: RunRecord, width: number, look: Look): readonly string[] {
  const stages = stagesOf(record);
  const single = stages.flatMap(({ cells }) => (cells.length === 1 ? cells : []));
  const results = keyResults({ ...record, stages: single.filter(isTelling) });
  // Of several cells the range: each one's own numbers stand beside its name, where there are few.
  const ranges = stages
    .filter(({ cells }) => cells.length > 1)
    .flatMap((stage) => foldedResults(stage, record));
  return [
    ...(results.length === 0 ? [] : resultLines(results, width, look)),
    ...inColumns(
      // Evaluations first, as in the table.
      ranges
        .toSorted((a, b) => Number(b.isMeasured) - Number(a.isMeasured))
        .map(({ name, range }) => [name, range] as const),
      width - 2,
    ).map((line) => `  ${line}`),
  ];
}

function stagesOf({ stages }: RunRecord): readonly StageCells[] {
  const byName = groupBy(stages, ({ stage }) => stageName(stage.id));
  return [...byName].map(([name, cells]) => ({ name, cells }));
}

/** Many cells of one stage have one line, and the failed ones of them one each. */
function isFolded({ cells }: StageCells): boolean {
  return cells.length > mostCells;
}

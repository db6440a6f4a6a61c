import { formatCount, formatNumber, plural } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import { verdictWord } from '../../execute/judged.js';
import { required } from '../../base/invariant.js';
import { unlikeWords } from '../../base/metric-identity.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { axesName } from '../../resolve/axes.js';
import { worstOf } from '../../execute/judged.js';
import { explainFailure } from '../../report/failure.js';
import { judgedStage } from '../../report/judged-stages.js';
import { keyResults, type KeyResult, unlikeIn } from '../../report/key-results.js';
import { mostCells } from '../cells.js';
import type { Look } from './look.js';
import { recordedProgress } from './progress-model.js';
import { failureLines } from './stage-lines.js';
import { oneLine, padEnd, truncate, wrap } from './text.js';
import { verdictMark } from './verdict-lines.js';

/** The cells of one stage of the file. */
export interface StageCells {
  readonly name: string;
  readonly cells: readonly StageRecord[];
}

/** As in `train@clip,seed`. */
export function foldedName({ name, cells }: StageCells): string {
  const axes = new Set(cells.flatMap(({ stage }) => Object.keys(stage.axes ?? {})));
  return `${name}@${[...axes].join()}`;
}

/** Many cells of one stage in a line: how many came to what. */
export function foldedLine(stage: StageCells, nameWidth: number, look: Look): string {
  const states = groupBy(stage.cells, stateWord);
  const counts = stateWords.flatMap((word) => {
    const count = states.get(word)?.length ?? 0;
    return count === 0 ? [] : [`${formatCount(count)} ${word}`];
  });
  const name = truncate(oneLine(foldedName(stage)), nameWidth, look.symbols.ellipsis);
  const text = `${plural(stage.cells.length, 'cell')}: ${counts.join(', ')}${verdictCounts(stage)}`;
  return `${foldedMark(stage, new Set(states.keys()), look)} ${padEnd(name, nameWidth)}  ${text}`;
}

/** Of gates and claims, as in `; 2 failed, 58 passed`. */
function verdictCounts({ cells }: StageCells): string {
  const words = cells
    .flatMap((cell) => judgedStage(cell) ?? [])
    .map(({ kind, verdict }) => verdictWord(kind, verdict.verdict));
  const counts = [...groupBy(words, (word) => word)].map(([word, of]) => `${formatCount(of.length)} ${word}`);
  return counts.length === 0 ? '' : `; ${counts.sort().join(', ')}`;
}

/** The worst that came of any cell; of gates and claims that have ended as they should, the worst verdict. */
function foldedMark({ cells }: StageCells, states: ReadonlySet<StateWord>, look: Look): string {
  const judged = cells.flatMap((cell) => judgedStage(cell) ?? []);
  const [first] = judged;
  if (first === undefined || judged.length < cells.length) return markOf(states, look);
  return verdictMark(first.kind, worstOf(judged.map(({ verdict }) => verdict.verdict)), look);
}

/** Why cells of the stage failed: each reason once, with the cells that it befell. */
export function foldedFailures({ cells }: StageCells, width: number, look: Look): readonly string[] {
  const failed = cells.flatMap((cell) =>
    cell.outcome.state === 'failed' ? [{ cell, verb: explainFailure(cell.outcome.failure).verb }] : [],
  );
  const reasons = groupBy(failed, ({ cell, verb }) => [verb, ...failureOf(cell, width, look)].join('\n'));
  return [...reasons.values()].flatMap((alike) => {
    const { cell, verb } = required(alike[0], 'a failed cell');
    const named = alike.slice(0, mostCells).map((other) => axesName(other.cell.stage.axes ?? {}));
    const more = alike.length - named.length;
    const which = [...named, ...(more === 0 ? [] : [`and ${formatCount(more)} more`])].join(' ');
    return [
      ...wrap(oneLine(`${verb}: ${which}`), width - 2).map((line) => `  ${look.colour.red(line)}`),
      ...failureOf(cell, width, look),
    ];
  });
}

/** What is to be said of a failed cell below its line. The file may be another by now: its lines are not shown. */
export function failureOf(cell: StageRecord, width: number, look: Look): readonly string[] {
  return failureLines(recordedProgress(cell), () => undefined, width, look);
}

const stateWords = ['done', 'cached', 'diverged', 'failed', 'under way', 'waiting', 'not run'] as const;
type StateWord = (typeof stateWords)[number];

/** What came of a stage, in a word for a count of them. */
export function stateWord({ outcome }: StageRecord): StateWord {
  switch (outcome.state) {
    case 'succeeded':
      return outcome.cached ? 'cached' : 'done';
    case 'diverged':
      return 'diverged';
    case 'failed':
      return 'failed';
    case 'running':
      return 'under way';
    case 'pending':
      return 'waiting';
    case 'not_run':
      return 'not run';
  }
}

function markOf(states: ReadonlySet<StateWord>, { symbols, colour }: Look): string {
  if (states.has('failed')) return colour.red(symbols.failed);
  if (states.has('diverged')) return colour.yellow(symbols.failed);
  if (states.has('under way')) return colour.cyan(symbols.running);
  if (states.has('waiting') || states.has('not run')) return colour.dim(symbols.skipped);
  return states.has('done') ? colour.green(symbols.done) : colour.dim(symbols.cached);
}

/** A key number of many cells of one stage. */
export interface FoldedResult {
  /** `quality.swd` */
  readonly name: string;
  /** From the lowest to the highest, and which cell is best where that can be said. */
  readonly range: string;
  /** Of an evaluation, and not of a training. */
  readonly isMeasured: boolean;
}

export function foldedResults({ name, cells }: StageCells, record: RunRecord): readonly FoldedResult[] {
  const results = cells.filter(isTelling).flatMap((cell) =>
    keyResults({ ...record, stages: [cell] }).map((result) => ({
      metric: result.name.slice(cell.stage.id.length + 1),
      cell,
      result,
    })),
  );
  return [...groupBy(results, ({ metric }) => metric)].map(([metric, values]) => ({
    name: oneLine(`${name}.${metric}`),
    range: rangeOf(values),
    isMeasured: values.every(({ cell }) => isMeasuring(cell)),
  }));
}

/**
 * Whether the last numbers of a stage are a result of the run. Those of an evaluation that failed are of the snapshots
 * before, as far back as the untrained one; those of a training say how far it came.
 */
export function isTelling({ stage, outcome }: StageRecord): boolean {
  return stage.kind !== 'evaluate' || outcome.state === 'succeeded';
}

const isMeasuring = ({ stage }: StageRecord): boolean => stage.kind === 'evaluate' || stage.kind === 'curves';

function rangeOf(values: readonly { readonly cell: StageRecord; readonly result: KeyResult }[]): string {
  const finite = values.filter(({ result }) => Number.isFinite(result.final.value));
  const sorted = finite.toSorted((a, b) => a.result.final.value - b.result.final.value);
  const [lowest] = sorted;
  const highest = sorted.at(-1);
  const broken = values.length - finite.length;
  const notFinite =
    broken === 0 ? '' : `; ${formatCount(broken)} of ${plural(values.length, 'cell')} not finite`;
  if (lowest === undefined || highest === undefined) return notFinite.slice(2);
  if (lowest.result.final.value === highest.result.final.value)
    return `${formatNumber(lowest.result.final.value)} in all of ${plural(finite.length, 'cell')}${notFinite}`;
  const range = [lowest, highest].map(({ result }) => formatNumber(result.final.value)).join(' to ');
  const unlike = unlikeIn(values.map(({ result }) => result));
  if (unlike !== undefined) return `${range}, not comparable: of ${unlikeWords[unlike]}${notFinite}`;
  const { result, cell } = required(values[0], 'a result of a cell');
  // What a critic estimates is in its own units: those of different critics cannot be compared.
  const { better } = isMeasuring(cell) ? result.label : { better: 'neither' };
  const best = { lower: lowest, higher: highest, neither: undefined }[better];
  const equals = finite.filter((other) => other.result.final.value === best?.result.final.value);
  const where =
    best === undefined
      ? ''
      : equals.length > 1
        ? `, best in ${plural(equals.length, 'cell')}`
        : `, best at ${axesName(best.cell.stage.axes ?? {})}`;
  return range + where + notFinite;
}

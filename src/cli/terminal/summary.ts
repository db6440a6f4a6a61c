import stringWidth from 'string-width';

import { formatCount, formatDuration, formatNumber, plural } from '../../base/format.js';
import { comparisonTables, summedUpIn } from '../../report/comparison-table.js';
import { judgedStages } from '../../report/judged-stages.js';
import { keyResults, verdict, type KeyResult } from '../../report/key-results.js';
import { resultsGrids } from '../../report/results-grid.js';
import { bestLegend, comparisonLines } from './comparison-lines.js';
import type { RunSummary } from './contract.js';
import type { Look } from './look.js';
import { gridLines } from './results-grid.js';
import { oneLine, padEnd, padStart, truncate, wrap } from './text.js';
import { verdictLines } from './verdict-lines.js';

/** How a run ended, its key numbers untrained and trained, and where everything is. */
export function summaryLines(
  { record, lines, warnings }: RunSummary,
  width: number,
  look: Look,
): readonly string[] {
  const judged = judgedStages(record);
  return [
    '',
    outcomeLine(record, look),
    ...numberLines(record, width, look),
    // Last of all, as they decide the exit code.
    ...(judged.length === 0 ? [] : ['', ...verdictLines(judged, width, look)]),
    ...(lines.length === 0 ? [] : ['', ...lines]),
    ...warnings.map((warning) => look.colour.yellow(oneLine(`warning: ${warning}`))),
  ];
}

export function outcomeLine({ start, end, stages }: RunSummary['record'], { colour }: Look): string {
  const succeeded = stages.filter((stage) => stage.outcome.state === 'succeeded');
  const cached = succeeded.filter(({ outcome }) => outcome.state === 'succeeded' && outcome.cached).length;
  const diverged = stages.filter((stage) => stage.outcome.state === 'diverged').length;
  const counts =
    (succeeded.length === stages.length
      ? plural(stages.length, 'stage')
      : `${succeeded.length} of ${plural(stages.length, 'stage')} done`) +
    (diverged === 0 ? '' : `, ${diverged} diverged`) +
    (cached === 0 ? '' : `, ${cached} from the cache`);
  if (end === undefined) return `${colour.yellow.bold('Under way')}: ${counts}`;
  const time = formatDuration((end.time - start.time) / 1000);
  switch (end.outcome) {
    case 'succeeded':
      return `${colour.green.bold('Succeeded')} in ${time}: ${counts}`;
    case 'failed':
      return `${colour.red.bold('Failed')} after ${time}: ${counts}${wasStopped(stages) ? '; -k runs what does not depend on the failure' : ''}`;
    case 'refused':
      return `${colour.red.bold('A gate failed')} after ${time}: ${counts}`;
    case 'inconclusive':
      return `${colour.yellow.bold('Inconclusive')} after ${time}: ${counts}`;
    case 'interrupted':
      return `${colour.yellow.bold('Interrupted')} after ${time}: ${counts}; the same command goes on from there`;
  }
}

function wasStopped(stages: RunSummary['record']['stages']): boolean {
  return stages.some(
    ({ outcome }) =>
      outcome.state === 'not_run' && outcome.because !== 'interrupted' && 'stopped' in outcome.because,
  );
}

/**
 * Cells of one stage in a table, and what has no cells each beside what it was before; and comparisons. What a comparison sums up is not
 * told cell by cell, too: that would push what was asked for, and the verdicts, out of sight.
 */
function numberLines(record: RunSummary['record'], width: number, look: Look): readonly string[] {
  const isSummedUp = summedUpIn(record);
  const results = keyResults(record);
  const { grids, alone } = resultsGrids(results.filter((result) => !isSummedUp(result)));
  const tables = comparisonTables(record);
  const hidden = [...new Set(results.flatMap((result) => (isSummedUp(result) ? [result.stage] : [])))];
  const marked = grids.some(({ rows }) => rows.some(({ values }) => values.some((value) => value?.isBest)));
  const elsewhere = `the cells of ${hidden.join(', ')} one by one are in the report`;
  return [
    ...grids.flatMap((grid) => ['', ...gridLines(grid, width, look)]),
    ...(marked ? ['', look.colour.dim(`  ${bestLegend}`)] : []),
    ...tables.flatMap((table) => ['', ...comparisonLines(table, width, look)]),
    ...(hidden.length === 0
      ? []
      : wrap(oneLine(elsewhere), width - 2).map((line) => look.colour.dim(`  ${line}`))),
    ...(alone.length === 0 ? [] : ['', ...resultLines(alone, width, look)]),
  ];
}

/** A table of numbers, each beside what it was before. */
export function resultLines(
  results: readonly KeyResult[],
  width: number,
  { symbols, colour }: Look,
): readonly string[] {
  const rows = results.map((result) => ({
    name: oneLine(result.name),
    before: result.before?.kind === 'untrained' ? formatNumber(result.before.point.value) : '',
    final: formatNumber(result.final.value),
    remark: remarkOf(result),
  }));
  const compared = rows.some(({ before }) => before !== '');
  const headings = { before: compared ? 'untrained' : '', final: compared ? 'trained' : '' };
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => stringWidth(text)));
  const beforeWidth = widest([headings.before, ...rows.map(({ before }) => before)]);
  const finalWidth = widest([headings.final, ...rows.map(({ final }) => final)]);
  const remarkWidth = widest(rows.map(({ remark }) => remark));
  const numbers = beforeWidth + finalWidth + remarkWidth + 8;
  const nameWidth = Math.min(widest(rows.map(({ name }) => name)), Math.max(8, width - numbers));
  const line = (name: string, before: string, final: string, remark: string) =>
    [
      `  ${padEnd(truncate(name, nameWidth, symbols.ellipsis), nameWidth)}`,
      ...(compared ? [padStart(before, beforeWidth)] : []),
      padStart(final, finalWidth),
      remark,
    ]
      .join('  ')
      .trimEnd();
  return [
    ...(compared ? [colour.dim(line('', headings.before, headings.final, ''))] : []),
    ...rows.map(({ name, before, final, remark }) => line(name, before, final, remark)),
  ];
}

function remarkOf(result: KeyResult): string {
  const { before } = result;
  if (before?.kind === 'peak') {
    return `down from ${formatNumber(before.point.value)} at step ${formatCount(before.point.step)}`;
  }
  return verdict(result) ?? '';
}

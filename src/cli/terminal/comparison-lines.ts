import stringWidth from 'string-width';

import { halfWidth, type Estimate } from '../../base/estimate.js';
import { formatNumber } from '../../base/format.js';
import { unlikeWords } from '../../base/metric-identity.js';
import { formatP, type ComparisonTable, type ComparisonCell } from '../../report/comparison-table.js';
import { levelWords } from '../../report/verdict-words.js';
import type { Look } from './look.js';
import { gap, tableLines, type TableColumn } from './table.js';
import { oneLine, padEnd, padStart, truncate, wrap } from './text.js';

/** Of the marks in tables. */
export const bestLegend = '* the best';

/** A comparison's rows in lines, a mean and a difference beside each other for each metric; below what the numbers are. */
export function comparisonLines(table: ComparisonTable, width: number, look: Look): readonly string[] {
  const rows = table.rows.map(({ name }) => ({ name, isDim: false }));
  const columns = table.columns.map((_, at) => columnOf(table, at, look));
  const legend = legendOf(table, look);
  return [
    ...tableLines(table.stage, rows, columns, width, look),
    ...(legend === '' ? [] : wrap(legend, width - gap.length).map((line) => look.colour.dim(gap + line))),
  ];
}

function columnOf(table: ComparisonTable, at: number, look: Look): TableColumn {
  const { colour, symbols } = look;
  const { metric } = table.columns[at] ?? { metric: '' };
  const cells = table.rows.map((row): ComparisonCell => row.cells[at] ?? nothing);
  const means = estimateTexts(
    cells.map(({ estimate, isBest, lacks }) => ({
      estimate,
      none: lacks === undefined ? '' : symbols.skipped,
      mark: isBest ? '*' : '',
    })),
    look,
  );
  const differences = estimateTexts(
    cells.map(({ difference }) => ({ estimate: difference, plus: '+' })),
    look,
  );
  const isCompared = cells.some(({ difference }) => difference !== undefined);
  const minus = oneLine(`minus ${table.versus ?? ''}`);
  const parts = [
    part(oneLine(metric), means, (row) => (cells[row]?.isBest === true ? colour.bold : undefined)),
    ...(isCompared
      ? [
          part(truncate(minus, Math.max(widestVersus, widest(differences)), symbols.ellipsis), differences),
          part(
            'p',
            cells.map(({ p }) => (p === undefined ? '' : formatP(p))),
          ),
          changePart(cells, look),
        ]
      : []),
  ];
  return {
    width: parts.reduce((sum, { width }) => sum + width, 0),
    heading: parts.map(({ heading }) => heading).join(''),
    cells: cells.map((_, row) => parts.map((one) => one.texts[row] ?? '').join('')),
    remarks: remarksOf(table, at),
  };
}

/** A long name stands whole beside its row. */
const widestVersus = 24;

const nothing: ComparisonCell = { isBest: false, change: undefined };

/** Some texts below a heading; all as wide as the widest, the gap before it included. */
interface Part {
  readonly width: number;
  readonly heading: string;
  readonly texts: readonly string[];
}

type Style = (text: string) => string;

function part(
  heading: string,
  texts: readonly string[],
  styleOf: (row: number) => Style | undefined = () => undefined,
): Part {
  const width = texts.every((text) => text.trim() === '') && heading === '' ? 0 : widest([heading, ...texts]);
  const total = width === 0 ? 0 : width + gap.length;
  return {
    width: total,
    heading: padStart(heading, total),
    texts: texts.map((text, row) => {
      const padded = padStart(text, total);
      return styleOf(row)?.(padded) ?? padded;
    }),
  };
}

/** Words, which begin below each other. */
function changePart(cells: readonly ComparisonCell[], { colour }: Look): Part {
  const words = cells.map(({ change = '' }) => change);
  const colours = { better: colour.green, worse: colour.yellow, differs: colour.bold } as const;
  const width = widest(words);
  return part(
    '',
    words.map((word) => padEnd(word, width)),
    (row) => {
      const change = cells[row]?.change;
      return change && colours[change];
    },
  );
}

interface Estimated {
  readonly estimate: Estimate | undefined;
  /** What stands where there is no estimate. */
  readonly none?: string;
  /** Before a positive value. */
  readonly plus?: string;
  /** Behind all. */
  readonly mark?: string;
}

/** As in `12.30 ± 0.42*`, the signs below each other. */
function estimateTexts(all: readonly Estimated[], { symbols }: Look): readonly string[] {
  const tails = all.map(({ estimate, mark = '' }) => {
    const half = estimate && halfWidth(estimate);
    return (half === undefined ? '' : ` ${symbols.plusMinus} ${formatNumber(half, 2)}`) + mark;
  });
  const wide = widest(tails);
  return all.map(({ estimate, none = '', plus = '' }, row) => {
    const value = estimate ? (estimate.value > 0 ? plus : '') + formatNumber(estimate.value) : none;
    return value + padEnd(tails[row] ?? '', wide);
  });
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => stringWidth(text)));
}

function remarksOf({ columns, rows }: ComparisonTable, at: number): readonly string[] {
  const { metric, unlike, isOfCritic } = columns[at] ?? { metric: '', isOfCritic: false };
  return [
    ...(unlike ? [`${metric} is not comparable: of ${unlikeWords[unlike]}`] : []),
    ...(isOfCritic ? [`${metric} is not ranked: each is of a critic of its own`] : []),
    ...rows.flatMap(({ name, cells }) => {
      const lacks = cells[at]?.lacks;
      return lacks === undefined ? [] : [`${metric}, ${name}: ${lacks}`];
    }),
  ];
}

function legendOf({ rows, confidence, counts }: ComparisonTable, { symbols }: Look): string {
  const cells = rows.flatMap((row) => row.cells);
  const hasIntervals = cells.some(({ estimate }) => estimate && halfWidth(estimate) !== undefined);
  const changes = [...new Set(cells.flatMap(({ change }) => change ?? []))].sort();
  const level = Number((1 - confidence).toPrecision(6));
  return [
    ...(cells.some(({ isBest }) => isBest) ? [bestLegend] : []),
    ...(hasIntervals
      ? [`${symbols.plusMinus} half of the ${levelWords(confidence)} interval, n = ${counts ?? '0'}`]
      : []),
    ...(cells.some(({ p }) => p !== undefined)
      ? ['p of no difference in pairs of seeds, adjusted (Holm)']
      : []),
    ...(changes.length === 0 ? [] : [`${changes.join(', ')}: p < ${level}`]),
  ].join('; ');
}

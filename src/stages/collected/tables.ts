import { halfWidth, type Estimate } from '../../base/estimate.js';
import { formatNumber } from '../../base/format.js';
import { numbersOf } from '../../execute/comparison-numbers.js';
import type { ComparisonEvent } from '../../execute/judged.js';
import { axesName } from '../../resolve/axes.js';

/** A line for each row and metric, numbers in full. */
export function csvTable(table: ComparisonEvent): string {
  const { columns, data } = numbersOf(table);
  const fields = data.map((line) => line.map((field) => csvField(field === null ? '' : String(field))));
  return [columns, ...fields].map((line) => `${line.join(',')}\n`).join('');
}

/** RFC 4180. A leading sign of a formula is text to a spreadsheet, too, as it stands in no number. */
function csvField(text: string): string {
  const safe =
    /^[=+@\t]/.test(text) || (text.startsWith('-') && Number.isNaN(Number(text))) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** GitHub's tables. */
export function markdownTable(table: ComparisonEvent): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |\n`;
  const { head, body } = textTable(table);
  return line(head) + line(head.map((_, index) => (index === 0 ? '---' : '---:'))) + body.map(line).join('');
}

/** A `tabular` that needs the package booktabs. */
export function latexTable(table: ComparisonEvent): string {
  const line = (cells: readonly string[]) => `${cells.map(latexText).join(' & ')} \\\\\n`;
  const { head, body } = textTable(table);
  return [
    `\\begin{tabular}{l${'r'.repeat(head.length - 1)}}\n\\toprule\n`,
    line(head),
    '\\midrule\n',
    ...body.map(line),
    '\\bottomrule\n\\end{tabular}\n',
  ].join('');
}

function textTable({ columns, versus, rows }: ComparisonEvent) {
  const compared = versus === undefined ? '' : `minus ${axesName(versus)}`;
  return {
    head: ['', ...columns.flatMap(({ metric }) => (compared === '' ? [metric] : [metric, compared]))],
    body: rows.map(({ place, cells }) => [
      axesName(place),
      ...columns.flatMap((_, index) => {
        const { estimate, difference, lacks } = cells[index] ?? {};
        const own = lacks ?? (estimate ? estimateText(estimate) : '');
        return compared === '' ? [own] : [own, difference ? estimateText(difference) : ''];
      }),
    ]),
  };
}

/** As in `12.3 ± 0.4`, half of the interval's width behind the sign; alone where there is no interval. */
function estimateText(estimate: Estimate): string {
  const half = halfWidth(estimate);
  return formatNumber(estimate.value) + (half === undefined ? '' : ` ± ${formatNumber(half, 2)}`);
}

function markdownText(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\|`*_<>[\]]/g, (sign) => `\\${sign}`);
}

const latexSigns: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  '|': '\\textbar{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
};

function latexText(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\~^±|<>&%$#_{}]/g, (sign) => latexSigns[sign] ?? `\\${sign}`)
    .replace(/^-(?=\d)/, '$-$');
}

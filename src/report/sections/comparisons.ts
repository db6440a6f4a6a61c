import { halfWidth, type Estimate } from '../../base/estimate.js';
import { formatNumber } from '../../base/format.js';
import { unlikeWords } from '../../base/metric-identity.js';
import type { RunRecord } from '../../execute/record.js';
import {
  comparisonTables,
  type ComparisonColumn,
  formatP,
  type ComparisonCell,
  type ComparisonTable,
} from '../comparison-table.js';
import { html, type Html, type HtmlValue } from '../html.js';
import { drawInterval, extentOf, scaleOf, type Scale } from '../interval-drawing.js';
import { intervalWords, levelWords } from '../verdict-words.js';

/** The tables of `compare` stages: means over seeds, and how they differ from one row. */
export function comparisonsSection(record: RunRecord): Html | undefined {
  const tables = comparisonTables(record);
  if (tables.length === 0) return undefined;
  return html`<section>
    <h2>Comparisons</h2>
    ${tables.map(article)}
  </section>`;
}

function article(table: ComparisonTable): Html {
  const { stage, versus, confidence, counts, rows } = table;
  const level = levelWords(confidence);
  const isCompared = rows.some(({ cells }) => cells.some(({ difference }) => difference !== undefined));
  const seeds = counts === undefined ? '' : `; n = ${counts}`;
  return html`<article>
    <h3 class="mono">${stage}</h3>
    ${grid(table, ({ estimate }) => estimate, meanCell)}
    <p class="caption">Means ± half of the ${level} interval over seeds${seeds}. In bold the best.</p>
    ${
      isCompared &&
      html`<h3>Differences from <span class="mono">${versus}</span></h3>
        ${grid(table, ({ difference }) => difference, differenceCell, 0)}
        <p class="caption">
          Mean differences in pairs of equal seeds ± half of the ${level} interval. p is of no difference,
          adjusted for the rows of its column (Holm 1979); what p decides at ${level} is named.
        </p>`
    }
  </article>`;
}

/** @param even Where there is no difference; undefined for what is no difference. */
function grid(
  { columns, rows }: ComparisonTable,
  estimateOf: (cell: ComparisonCell) => Estimate | undefined,
  textOf: (cell: ComparisonCell) => HtmlValue,
  even?: number,
): Html {
  const shown = rows.filter(({ cells }) => even === undefined || cells.some((cell) => estimateOf(cell)));
  const scales = columns.map((_, at) =>
    scaleOf([
      ...(even === undefined ? [] : [even]),
      ...rows.flatMap(({ cells }) => {
        const estimate = cells[at] && estimateOf(cells[at]);
        return estimate ? extentOf(estimate) : [];
      }),
    ]),
  );
  return html`<div class="scroll">
    <table class="results">
      <thead>
        <tr>
          <th></th>
          ${columns.map(heading)}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          ({ name, cells }) =>
            html`<tr>
              <td class="mono">${name}</td>
              ${cells.map((cell, at) => {
                const estimate = estimateOf(cell);
                return html`<td class="number">
                  ${textOf(cell)} ${estimate && drawn(estimate, scales[at], even)}
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function heading({ metric, better, unlike, isOfCritic }: ComparisonColumn): Html {
  const remark = unlike
    ? `not comparable: of ${unlikeWords[unlike]} (${unlike})`
    : isOfCritic
      ? 'not ranked: each is of a critic of its own'
      : better === 'neither'
        ? ''
        : `${better} is better`;
  return html`<th class="number">
    <span class="mono">${metric}</span>${remark !== '' && html`<br /><span class="unit">${remark}</span>`}
  </th>`;
}

function meanCell({ estimate, isBest, lacks }: ComparisonCell): HtmlValue {
  if (lacks !== undefined)
    return html`–
      <div class="why">${lacks}</div>`;
  if (estimate === undefined) return undefined;
  const text = formatNumber(estimate.value);
  return html`${isBest ? html`<strong>${text}</strong>` : text}${half(estimate)}`;
}

function differenceCell({ difference, p, change }: ComparisonCell): HtmlValue {
  if (difference === undefined) return undefined;
  const sign = difference.value > 0 ? '+' : '';
  return html`${sign}${formatNumber(difference.value)}${half(difference)}${
    p !== undefined && html`<span class="unit">, p ${p < 0.001 ? '' : '= '}${formatP(p)}</span>`
  }
  ${change !== undefined && html`<strong class="${change}">${change}</strong>`}`;
}

function half(estimate: Estimate): HtmlValue {
  const width = halfWidth(estimate);
  return width !== undefined && html` <span class="unit">± ${formatNumber(width, 2)}</span>`;
}

function drawn(estimate: Estimate, scale: Scale | undefined, even: number | undefined): HtmlValue {
  const description = `${formatNumber(estimate.value)}, ${intervalWords(estimate)}`;
  return scale && drawInterval({ estimate, scale, description, ...(even !== undefined && { even }) });
}

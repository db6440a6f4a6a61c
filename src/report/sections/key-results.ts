import { formatCount, formatNumber } from '../../base/format.js';
import type { RunRecord } from '../../execute/record.js';
import { html, type Html } from '../html.js';
import { keyResults, verdict, type KeyResult } from '../key-results.js';
import { isFinitePoint, smoothingWindow } from '../../metrics/curves.js';
import { resultsGrids } from '../results-grid.js';
import { resultsTable } from './results-table.js';

export function keyResultsSection(record: RunRecord): Html | undefined {
  const results = keyResults(record);
  if (results.length === 0) return undefined;
  const { grids, alone } = resultsGrids(results);
  return html`<section>
    <h2>Key results</h2>
    ${grids.map(resultsTable)} ${alone.length > 0 && html`<div class="cards">${alone.map(card)}</div>`}
  </section>`;
}

function card(result: KeyResult): Html {
  const { label, name, final, isOfStep, smoothed } = result;
  return html`<article class="card">
    <h3>${label.title}${label.unit !== '' && html` <span class="unit">${label.unit}</span>`}</h3>
    <p class="value">${formatNumber(final.value)}</p>
    ${comparison(result)}
    <p class="caption">
      <span class="mono">${breakable(name)}</span>${
        isOfStep &&
        `, ${smoothed ? `median of the last ${smoothingWindow} values ` : ''}at step ${formatCount(final.step)}`
      }.${label.meaning !== '' && html` ${label.meaning}.`}
    </p>
  </article>`;
}

function comparison(result: KeyResult): Html | undefined {
  const { before, final } = result;
  if (before === undefined) return undefined;
  const place =
    before.kind === 'untrained' ? 'untrained' : `at its highest (step ${formatCount(before.point.step)})`;
  const judged = verdict(result);
  return html`<p class="change">
    <span class="before">${formatNumber(before.point.value)}</span> ${place}
    ${
      isFinitePoint(before.point) &&
      isFinitePoint(final) &&
      html`<span class="delta ${judged ?? 'neutral'}"
        >${difference(before.point.value, final.value)}${judged !== undefined && `, ${judged}`}</span
      >`
    }
  </p>`;
}

/** A long name may go on in the next line behind a full stop or an underscore. */
function breakable(name: string): Html {
  return html`${name.split(/(?<=[._])/).map((part) => html`${part}<wbr />`)}`;
}

function difference(before: number, after: number): string {
  const change = after - before;
  const sign = change > 0 ? '+' : '';
  // A share of a value near zero, or across zero, would tell nothing.
  const comparable = before > 0 && after >= 0 && after < 2 * before;
  const share = comparable ? ` (${sign}${((100 * change) / before).toFixed(0)}%)` : '';
  return `${sign}${formatNumber(change, 3)}${share}`;
}

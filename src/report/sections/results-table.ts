import { formatNumber } from '../../base/format.js';
import { unlikeWords } from '../../base/metric-identity.js';
import { html, type Html } from '../html.js';
import type { ResultsColumn, ResultsGrid, ResultsValue } from '../results-grid.js';

/** The results of a stage's cells, a line each. Where a metric has a better way, its best value is marked. */
export function resultsTable({ stage, columns, untrained, rows }: ResultsGrid): Html {
  return html`<h3 class="mono">${stage}</h3>
    <div class="scroll">
      <table class="results">
        <thead>
          <tr>
            <th>Cell</th>
            ${columns.map(heading)}
          </tr>
        </thead>
        <tbody>
          ${
            untrained &&
            html`<tr>
              <td class="unit">untrained</td>
              ${untrained.map(
                (number) =>
                  html`<td class="number unit">${number !== undefined && formatNumber(number)}</td>`,
              )}
            </tr>`
          }
          ${rows.map(
            ({ cell, values }) =>
              html`<tr>
                <td class="mono">${cell}</td>
                ${values.map(value)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function heading({ metric, label: { title, unit, better }, unlike }: ResultsColumn): Html {
  const way = better === 'neither' ? '' : `, ${better} is better`;
  return html`<th class="number" title="${title}${unit !== '' && ` in ${unit}`}${way}">
    <span class="mono">${metric}</span>
    ${unlike && html`<br /><span class="unit">not comparable: of ${unlikeWords[unlike]} (${unlike})</span>`}
  </th>`;
}

function value(result: ResultsValue | undefined): Html {
  if (result === undefined) return html`<td></td>`;
  const text = formatNumber(result.value);
  return html`<td class="number">${result.isBest ? html`<strong>${text}</strong>` : text}</td>`;
}

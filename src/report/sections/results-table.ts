import { formatNumber } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import { unlikeWords } from '../../base/metric-identity.js';
import { html, type Html } from '../html.js';
import { type KeyResult, unlikeIn } from '../key-results.js';
import { isFinitePoint } from '../series.js';

/**
 * The results of a stage's cells, a line each: what a sweep or an ablation is read for. Where a metric has a better way, its
 * best value is marked.
 */
export function resultsTable(stage: string, results: readonly KeyResult[]): Html {
  const metrics = [...groupBy(results, ({ metric }) => metric)];
  const cells = [...groupBy(results, ({ cell }) => cell)];
  return html`<h3 class="mono">${stage}</h3>
    <div class="scroll">
      <table class="results">
        <thead>
          <tr>
            <th>Cell</th>
            ${metrics.map(([, [first, ...others]]) => first && heading(first, unlikeIn([first, ...others])))}
          </tr>
        </thead>
        <tbody>
          ${untrained(metrics)}
          ${cells.map(
            ([cell, ofCell]) =>
              html`<tr>
                <td class="mono">${cell}</td>
                ${metrics.map(([metric, all]) =>
                  value(
                    ofCell.find((result) => result.metric === metric),
                    all,
                  ),
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function heading(
  { metric, label: { title, unit, better } }: KeyResult,
  unlike: ReturnType<typeof unlikeIn>,
): Html {
  const way = better === 'neither' ? '' : `, ${better} is better`;
  return html`<th class="number" title="${title}${unit !== '' && ` in ${unit}`}${way}">
    <span class="mono">${metric}</span>
    ${unlike && html`<br /><span class="unit">not comparable: of ${unlikeWords[unlike]} (${unlike})</span>`}
  </th>`;
}

/** Where all began alike, as with one seed and one generator. */
function untrained(metrics: readonly (readonly [string, readonly KeyResult[]])[]): Html | undefined {
  const values = metrics.map(([, results]) => {
    const before = results.map((result) =>
      result.before?.kind === 'untrained' ? result.before.point.value : undefined,
    );
    return new Set(before).size === 1 ? before[0] : undefined;
  });
  if (values.every((value) => value === undefined)) return undefined;
  return html`<tr>
    <td class="unit">untrained</td>
    ${values.map((value) => html`<td class="number unit">${value !== undefined && formatNumber(value)}</td>`)}
  </tr>`;
}

function value(result: KeyResult | undefined, all: readonly KeyResult[]): Html {
  if (result === undefined) return html`<td></td>`;
  const text = formatNumber(result.final.value);
  const mark = isBest(result, all) ? html`<strong>${text}</strong>` : text;
  return html`<td class="number">${mark}</td>`;
}

/**
 * One that others are worse than; of equal values all are the best. Estimates are of a critic each, up to a constant of its own, and
 * say nothing beside each other; nor do values that are not of the same.
 */
function isBest({ label, final, smoothed }: KeyResult, all: readonly KeyResult[]): boolean {
  if (label.better === 'neither' || smoothed || !isFinitePoint(final)) return false;
  if (unlikeIn(all) !== undefined) return false;
  const values = all.flatMap((result) => (isFinitePoint(result.final) ? [result.final.value] : []));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least !== most && final.value === (label.better === 'lower' ? least : most);
}

import { formatNumber } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import type { Finding, Verdict } from '../../execute/judged.js';
import type { RunRecord } from '../../execute/record.js';
import { axesName } from '../../resolve/axes.js';
import { html, type Html } from '../html.js';
import { drawInterval, extentOf, scaleOf, type Scale } from '../interval-drawing.js';
import { judgedStages, type JudgedStage } from '../judged-stages.js';
import {
  boundWords,
  findingReason,
  findingWords,
  intervalWords,
  levelWords,
  type JudgingKind,
  valueWords,
  verdictSummary,
  verdictTone,
} from '../verdict-words.js';

/** What each gate and claim came to, and by which numbers. */
export function verdictsSection(record: RunRecord): Html | undefined {
  // Here the gates come first, as what decides the exit code is read first on a page.
  const judged = judgedStages(record).toSorted(
    (a, b) => Number(b.kind === 'gate') - Number(a.kind === 'gate'),
  );
  if (judged.length === 0) return undefined;
  return html`<section>
    <h2>Gates and claims</h2>
    ${judged.map(article)}
  </section>`;
}

function article({ id, kind, verdict, statement, source }: JudgedStage): Html {
  const tone = verdictTone(kind, verdict.verdict);
  const scales = scalesOf(verdict.findings);
  return html`<article class="judged">
    <h3>
      ${kind === 'gate' ? 'Gate' : 'Claim'} <span class="mono">${id}</span>
      <span class="state ${tone}">${verdictSummary(kind, verdict)}</span>
    </h3>
    ${statement !== undefined && html`<p class="statement">${statement}</p>`}
    ${source !== undefined && html`<p class="caption">${source}</p>`}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Verdict</th>
            <th>Metric</th>
            <th>Estimate</th>
            <th>${levelWords(verdict.confidence)} interval</th>
            <th class="number">n</th>
            <th>Bound</th>
          </tr>
        </thead>
        <tbody>
          ${verdict.findings.map((finding) => row(kind, finding, scales.get(finding.assertion)))}
        </tbody>
      </table>
    </div>
  </article>`;
}

const words: Readonly<Record<Verdict, string>> = {
  pass: 'holds',
  fail: 'does not hold',
  inconclusive: 'undecided',
};

function row(kind: JudgingKind, finding: Finding, scale: Scale | undefined): Html {
  const { verdict, metric, place, estimate, bounds } = finding;
  const tone = verdictTone(kind, verdict);
  const reason = findingReason(finding);
  const where = axesName(place);
  const bound = boundWords(bounds);
  const demanded = bound !== '' && (estimate ? bound : valueWords(finding, bound));
  return html`<tr>
    <td><span class="state ${tone}">${words[verdict]}</span></td>
    <td><span class="mono">${metric}</span>${where !== '' && html`<div class="unit mono">${where}</div>`}</td>
    <td>
      ${estimate && valueWords(finding, formatNumber(estimate.value))}
      ${estimate && scale && drawn(finding, scale, tone)}
      ${reason !== undefined && html`<div class="why">${reason}</div>`}
    </td>
    <td>${estimate && intervalWords(estimate)}</td>
    <td class="number">${estimate?.count}</td>
    <td>${demanded}</td>
  </tr>`;
}

function drawn(finding: Finding, scale: Scale, tone: ReturnType<typeof verdictTone>): Html | undefined {
  const { estimate, bounds } = finding;
  const even = evenIn(finding);
  if (estimate === undefined) return undefined;
  const description = findingWords(finding);
  return drawInterval({ estimate, scale, description, bounds, ...(even !== undefined && { even }), tone });
}

/** What there is where there is no difference. */
function evenIn({ of }: Finding): number | undefined {
  return { value: undefined, ratio: 1, difference: 0 }[of];
}

/** One for each assertion, by what its findings need. */
function scalesOf(findings: readonly Finding[]): ReadonlyMap<number, Scale> {
  const byAssertion = groupBy(findings, ({ assertion }) => assertion);
  return new Map(
    [...byAssertion].flatMap(([assertion, alike]) => {
      const values = alike.flatMap((finding) => {
        const { estimate, bounds } = finding;
        const ends = [bounds.min, bounds.max, evenIn(finding)].filter((end) => end !== undefined);
        return estimate ? [...extentOf(estimate), ...ends] : [];
      });
      const scale = scaleOf(values);
      return scale ? [[assertion, scale] as const] : [];
    }),
  );
}

import { formatCount, formatNumber, plural } from '../../base/format.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { drawChart, pointLimit, type Chart } from '../chart.js';
import { html, type Html } from '../html.js';
import { correlationWithEstimate } from '../estimate-correlation.js';
import { estimateMetric } from '../key-results.js';
import { labelOf } from '../metric-label.js';
import {
  type Curve,
  isFinitePoint,
  type Point,
  runningMean,
  runningMedian,
  smoothingWindow,
} from '../../metrics/curves.js';
import { seriesOf } from '../series.js';

/** What training logged at its steps, the estimate first and large. */
export async function trainingSection(record: RunRecord): Promise<Html | undefined> {
  return section(record, 'train', 'Training', async (stage, id) => {
    const series = seriesOf(stage);
    const estimate = series.filter(({ metric }) => metric === estimateMetric);
    const others = series.filter(({ metric }) => metric !== estimateMetric);
    const large = await figures(stage, estimate, `${id}-estimate`, 'page');
    const small = await figures(stage, others, id, 'half');
    return html`${large}
      <div class="pair">${small}</div>`;
  });
}

/** Evaluation metrics over the snapshots, where more than one was measured. */
export async function evaluationSection(record: RunRecord): Promise<Html | undefined> {
  return section(record, 'evaluate', 'Quality over snapshots', async (stage, id) => {
    const measured = seriesOf(stage).filter(({ points }) => points.length > 1);
    if (measured.length === 0) return undefined;
    return html`<div class="pair">
      ${await figures(stage, measured, id, 'half', (series) => correlated(record, stage, series))}
    </div>`;
  });
}

async function section(
  record: RunRecord,
  kind: StageRecord['stage']['kind'],
  title: string,
  draw: (stage: StageRecord, id: string) => Promise<Html | undefined>,
): Promise<Html | undefined> {
  const stages = record.stages.filter((stage) => stage.stage.kind === kind && stage.metrics.length > 0);
  const drawn: Html[] = [];
  for (const [index, stage] of stages.entries()) {
    const content = await draw(stage, `${kind}-${index}`);
    if (content === undefined) continue;
    drawn.push(html`${stages.length > 1 && html`<h3 class="mono">${stage.stage.id}</h3>`} ${content}`);
  }
  if (drawn.length === 0) return undefined;
  return html`<section>
    <h2>${title}</h2>
    ${drawn}
  </section>`;
}

async function figures(
  stage: StageRecord,
  all: readonly Curve[],
  id: string,
  size: Chart['size'],
  remarkOf: (series: Curve) => string = () => '',
): Promise<readonly Html[]> {
  const drawn: Html[] = [];
  for (const [index, series] of all.entries())
    drawn.push(await figure(stage, series, `${id}-${index}`, size, remarkOf(series)));
  return drawn;
}

async function figure(
  stage: StageRecord,
  series: Curve,
  id: string,
  size: Chart['size'],
  remark: string,
): Promise<Html> {
  const label = labelOf(stage, series.metric);
  const smoothing = stage.stage.kind === 'train' ? smoothingOf(series.metric) : undefined;
  const finite = series.points.filter(isFinitePoint);
  const title = titleOf(stage, series, label.title);
  const chart: Chart = {
    id,
    size,
    description: `${title}. ${summary(finite)}`,
    raw: smoothing === undefined ? [] : series.points,
    strong: smoothing === undefined ? series.points : smoothing.of(series.points),
    marks: smoothing === undefined,
    zero: label.better !== 'neither',
  };
  return html`<figure>
    <figcaption>
      <h3>${title}${label.unit !== '' && html` <span class="unit">${label.unit}</span>`}</h3>
      ${smoothing && legend(smoothing)}
    </figcaption>
    ${finite.length > 0 && (await drawChart(chart))}
    <p class="caption">
      ${label.meaning !== '' && `${label.meaning}. `}${remark}${remarks(series, finite, size)}
    </p>
  </figure>`;
}

/** Whether the estimate tells of this metric, which is what the paper claims for it. */
function correlated(record: RunRecord, stage: StageRecord, series: Curve): string {
  const found = correlationWithEstimate(record, stage, series);
  if (found === undefined) return '';
  const { snapshots, spearman, kendall } = found;
  return (
    `Rank correlation with the Wasserstein estimate over ${formatCount(snapshots)} snapshots: ` +
    `Spearman ${formatNumber(spearman, 2)}, Kendall ${formatNumber(kendall, 2)}. `
  );
}

interface Smoothing {
  readonly name: 'median' | 'mean';
  readonly of: (points: readonly Point[]) => readonly Point[];
}

/** A generator's loss may change its sign at every step; its median would do so too. */
function smoothingOf(metric: string): Smoothing {
  return metric.endsWith('_loss') ? { name: 'mean', of: runningMean } : { name: 'median', of: runningMedian };
}

function legend({ name }: Smoothing): Html {
  return html`<p class="legend">
    <span class="key raw">as logged</span>
    <span class="key strong">${name} of the last ${smoothingWindow}</span>
  </p>`;
}

function titleOf({ stage }: StageRecord, { metric }: Curve, title: string): string {
  const falls =
    metric === estimateMetric && stage.kind === 'train' && stage.fields.objective.type === 'wasserstein';
  return falls ? `${title}: falls as samples improve` : title;
}

function summary(finite: Curve['points']): string {
  const [first, last] = [finite[0], finite.at(-1)];
  if (first === undefined || last === undefined) return 'No finite values.';
  return `From ${formatNumber(first.value)} at step ${formatCount(first.step)} to ${formatNumber(last.value)} at step ${formatCount(last.step)}.`;
}

/** What the drawing leaves out. */
function remarks(series: Curve, finite: Curve['points'], size: Chart['size']): string {
  const all = series.points.length;
  const missing = all - finite.length;
  const gaps =
    missing === 0
      ? ''
      : `${plural(missing, 'value')} of ${formatCount(all)} not finite (NaN or infinite): gaps. `;
  const thinned =
    all <= pointLimit(size)
      ? ''
      : `Drawn from ${formatCount(all)} values: of each group of neighbours the lowest and the highest.`;
  return gaps + thinned;
}

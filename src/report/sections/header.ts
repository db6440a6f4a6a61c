import { formatCount, formatDuration, formatTime, plural } from '../../base/format.js';
import type { Verdict } from '../../execute/judged.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { explainFailure, isOwnFault } from '../failure.js';
import { html, type Html } from '../html.js';
import { judgedStages } from '../judged-stages.js';

/** Title, what the run was for, and how it ended. `now` in milliseconds since the epoch. */
export function header(record: RunRecord, now: number): Html {
  const { start } = record;
  return html`<header>
    <p class="eyebrow">Wassermill run <span class="mono">${start.run}</span></p>
    <h1>${start.pipeline}</h1>
    ${start.desc !== undefined && html`<p class="lead">${start.desc}</p>`} ${outcome(record, now)}
    ${record.stages.map(failure)}
  </header>`;
}

function outcome(record: RunRecord, now: number): Html {
  const { start, end } = record;
  const seconds = formatDuration(((end?.time ?? now) - start.time) / 1000);
  const when = html`<span class="when">Started ${formatTime(start.time)}</span>`;
  const counts = countsOf(record.stages);
  switch (end?.outcome) {
    case 'succeeded':
      return html`<p class="outcome good"><strong>Succeeded</strong> in ${seconds}: ${counts}. ${when}</p>`;
    case 'failed':
      return html`<p class="outcome bad"><strong>Failed</strong> after ${seconds}: ${counts}. ${when}</p>`;
    case 'refused':
      return html`<p class="outcome bad">
        <strong>A gate failed</strong> after ${seconds}: ${counts}. ${gates(record, 'fail', 'Not passed')}
        ${when}
      </p>`;
    case 'inconclusive':
      return html`<p class="outcome unsure">
        <strong>Inconclusive</strong> after ${seconds}: ${counts}.
        ${gates(record, 'inconclusive', 'Could not decide')} ${when}
      </p>`;
    case 'interrupted':
      return html`<p class="outcome unsure">
        <strong>Interrupted</strong> after ${seconds}, on request: ${counts}. Running it again goes on from
        the finished stages. ${when}
      </p>`;
    case undefined:
      return html`<p class="outcome unsure">
        <strong>Not finished</strong> ${seconds} after its start: ${counts}. It is still under way, or was
        killed before it could say so. ${when}
      </p>`;
  }
}

/** As in `Not passed: gate.` */
function gates(record: RunRecord, verdict: Verdict, words: string): Html | undefined {
  const all = judgedStages(record).filter(
    (stage) => stage.kind === 'gate' && stage.verdict.verdict === verdict,
  );
  if (all.length === 0) return undefined;
  const named = all.slice(0, mostNamed).map(({ id }) => id);
  const rest = all.length - named.length;
  return html`${words}:
    <span class="mono">${named.join(', ')}</span>${rest > 0 && ` and ${formatCount(rest)} more`}.`;
}

/** Beyond it a line becomes a list. */
const mostNamed = 5;

function countsOf(stages: readonly StageRecord[]): string {
  const count = (test: (outcome: StageRecord['outcome']) => boolean) =>
    stages.filter((stage) => test(stage.outcome)).length;
  const cached = count((outcome) => outcome.state === 'succeeded' && outcome.cached);
  const done = count((outcome) => outcome.state === 'succeeded');
  const diverged = count((outcome) => outcome.state === 'diverged');
  const all = done === stages.length ? plural(done, 'stage') : `${done} of ${plural(stages.length, 'stage')}`;
  const rest = diverged === 0 ? '' : `; ${diverged} diverged`;
  return `${all} done${cached === 0 ? '' : `, ${cached} of them from the cache`}${rest}`;
}

function failure({ stage, outcome }: StageRecord): Html | undefined {
  if (outcome.state !== 'failed' || !isOwnFault(outcome.failure)) return undefined;
  const { verb, heading, message, help, lastLines } = explainFailure(outcome.failure);
  return html`<section class="failure">
    <h2>Stage <span class="mono">${stage.id}</span> ${verb}</h2>
    <p>${heading}</p>
    ${message !== undefined && html`<pre>${message}</pre>`} ${help !== undefined && html`<p>${help}</p>`}
    ${
      lastLines.length > 0 &&
      html`<p class="caption">The last lines that it wrote:</p>
        <pre>${lastLines.join('\n')}</pre>`
    }
  </section>`;
}

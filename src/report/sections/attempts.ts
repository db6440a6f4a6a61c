import { formatDuration, plural } from '../../base/format.js';
import type { StageRetried } from '../../execute/events.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { explainFailure } from '../failure.js';
import { html, type Html } from '../html.js';

/** What went wrong before it went well, or for good: a stage with `retries` hides none of it. */
export function attemptsSection({ stages }: RunRecord): Html | undefined {
  const failed = stages.flatMap((record) => record.retried.map((retried) => attempt(record, retried)));
  if (failed.length === 0) return undefined;
  return html`<section>
    <h2>Failed attempts</h2>
    ${failed}
  </section>`;
}

/** To stand below a stage's state; undefined where its first attempt was its last. */
export function attemptsBefore({ retried }: StageRecord): Html | undefined {
  if (retried.length === 0) return undefined;
  return html`<div class="caption">after ${plural(retried.length, 'failed attempt')}</div>`;
}

function attempt({ stage }: StageRecord, { attempt: number, failure, delay }: StageRetried): Html {
  const { verb, heading, message, lastLines } = explainFailure(failure);
  return html`<div class="attempt">
    <h3><span class="mono">${stage.id}</span>, attempt ${number} ${verb}</h3>
    <p class="caption">${heading} A pause of ${formatDuration(delay)} followed.</p>
    ${message !== undefined && html`<pre>${message}</pre>`}
    ${
      lastLines.length > 0 &&
      html`<details>
        <summary>The last lines that it wrote</summary>
        <pre>${lastLines.join('\n')}</pre>
      </details>`
    }
  </div>`;
}

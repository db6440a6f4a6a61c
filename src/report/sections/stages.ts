import type { RunRecord, StageRecord } from '../../execute/record.js';
import { html, type Html } from '../html.js';
import { stateOf } from '../stage-state.js';
import { attemptsBefore } from './attempts.js';
import { stageGraph } from './graph.js';

export function stagesSection(record: RunRecord): Html {
  return html`<section>
    <h2>Stages</h2>
    ${stageGraph(record)}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Stage</th>
            <th>Kind</th>
            <th>State</th>
            <th>Time</th>
            <th>Reads</th>
            <th>Key</th>
          </tr>
        </thead>
        <tbody>
          ${record.stages.map(line)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function line(record: StageRecord): Html {
  const { stage } = record;
  const { words, tone, time } = stateOf(record);
  const reads = stage.inputs.map((input) =>
    input.split === undefined ? input.stage : `${input.stage} (${input.split})`,
  );
  return html`<tr>
    <td class="mono">${stage.id}</td>
    <td>${stage.kind}</td>
    <td><span class="state ${tone}">${words}</span>${attemptsBefore(record)}</td>
    <td>${time}</td>
    <td class="mono">${reads.join(', ')}</td>
    <td class="mono">${stage.key.slice(0, 12)}</td>
  </tr>`;
}

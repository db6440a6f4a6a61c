import { Document, isScalar, visit } from 'yaml';

import { shellWord } from '../../base/shell-word.js';
import type { RunRecord } from '../../execute/record.js';
import { html, type Html } from '../html.js';
import { provenanceFacts } from '../provenance-facts.js';

/** The resolved specification: all that decides the result, defaults included. */
export function specificationSection({ start }: RunRecord): Html {
  return html`<section>
    <h2>Specification</h2>
    <details open>
      <summary>As resolved: shorthands expanded, defaults filled in</summary>
      <pre>${yamlOf(start.specification)}</pre>
    </details>
  </section>`;
}

function yamlOf(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Seq: (_key, list) => {
      if (list.items.every((item) => isScalar(item))) list.flow = true;
    },
  });
  return document.toString({ lineWidth: 100, flowCollectionPadding: false });
}

/** What may change the last bits of a result without being in the specification. */
export function provenanceSection({ start }: RunRecord): Html {
  return html`<section>
    <h2>Provenance</h2>
    <table class="facts">
      <tbody>
        ${provenanceFacts(start).map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

export function reproduceSection({ start }: RunRecord): Html {
  const { git, pipelineFile, tensorflow } = start.provenance;
  const command = `wassermill run ${shellWord(pipelineFile)}`;
  const checkout = git === undefined ? '' : `git checkout ${git.commit}\n`;
  return html`<section>
    <h2>How to reproduce</h2>
    <pre>${checkout}${command}</pre>
    <p class="caption">
      On a processor with the same instruction set, with TensorFlow ${tensorflow} and the same number of
      threads, the result is the same bit for bit; add <code>--force</code> to compute what the cache has.
      ${git?.dirty === true && 'This run had uncommitted changes, which the commit does not hold.'}
    </p>
  </section>`;
}

/** What stages remarked, and what a reader should know before trusting the numbers. */
export function notesSection(record: RunRecord): Html | undefined {
  const remarks = record.stages.flatMap(({ stage, notes }) =>
    notes.map((note) => html`<li><span class="mono">${stage.id}</span>: ${note.message}</li>`),
  );
  if (record.start.provenance.git?.dirty === true) {
    remarks.push(html`<li>The working tree had uncommitted changes when the run started.</li>`);
  }
  if (remarks.length === 0) return undefined;
  return html`<section>
    <h2>Notes and warnings</h2>
    <ul>
      ${remarks}
    </ul>
  </section>`;
}

import { formatBytes, formatCount, plural } from '../../base/format.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { html, type Html } from '../html.js';
import { readPictures, type Picture, type PictureRow } from '../pictures.js';
import { readTexts, type TextRow } from '../texts.js';

/** More than this, in bytes of PNG over the whole page, and the page would be too heavy to send around. */
const byteLimit = 8e6;

/** A picture no wider than this is shown enlarged: its pixels stay pixels. */
const pixelArtWidth = 200;

/** What the data look like, and what the generator made, over the steps of training and at the end. */
export async function samplesSection(
  record: RunRecord,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<Html | undefined> {
  let bytesLeft = byteLimit;
  const drawn: Html[] = [];
  for (const stage of record.stages) {
    for (const row of await readPictures(stage, readFile)) {
      const bytes = row.pictures.reduce((sum, { png }) => sum + (png?.bytes.length ?? 0), 0);
      const fits = bytes <= bytesLeft;
      if (fits) bytesLeft -= bytes;
      drawn.push(fits ? rowOf(stage, row) : tooLarge(stage, row, bytes));
    }
    drawn.push(...(await readTexts(stage, readFile)).map((row) => textsOf(stage, row)));
  }
  if (drawn.length === 0) return undefined;
  return html`<section>
    <h2>Samples</h2>
    ${drawn}
  </section>`;
}

function rowOf(stage: StageRecord, row: PictureRow): Html {
  return html`${heading(stage, row.name, row.pictures.length, row.all)}
    <div class="pictures">${row.pictures.map((each) => picture(stage, each))}</div>`;
}

function textsOf(stage: StageRecord, row: TextRow): Html {
  return html`${heading(stage, row.name, row.texts.length, row.all)}
    <div class="texts">
      ${row.texts.map(
        ({ step, file, lines }) =>
          html`<figure>
            ${
              lines === undefined
                ? html`<div class="missing">${file} cannot be read any more</div>`
                : html`<pre>${lines.join('\n')}</pre>`
            }
            ${caption(stage, step)}
          </figure>`,
      )}
    </div>`;
}

function heading({ stage }: StageRecord, name: string, shown: number, all: number): Html {
  return html`<h3><span class="mono">${stage.id}</span> ${name}</h3>
    ${shown < all && html`<p class="caption">${shown} of ${formatCount(all)}, evenly spaced.</p>`}`;
}

/** A dataset's examples are of no generator, trained or not. */
function caption({ stage }: StageRecord, step: number): Html | false {
  return (
    stage.kind !== 'dataset' &&
    html`<figcaption>
      step ${formatCount(step)}${step === 0 && html` <span class="caption">untrained</span>`}
    </figcaption>`
  );
}

function picture(stage: StageRecord, { step, file, png }: Picture): Html {
  if (png === undefined) {
    return html`<figure>
      <div class="missing">${file} cannot be read any more</div>
      ${caption(stage, step)}
    </figure>`;
  }
  const data = `data:image/png;base64,${Buffer.from(png.bytes).toString('base64')}`;
  return html`<figure>
    <img
      ${png.width <= pixelArtWidth && html`class="pixels"`}
      src="${data}"
      width="${png.width}"
      height="${png.height}"
      alt="${stage.stage.kind !== 'dataset' ? `Samples at step ${formatCount(step)}` : 'Examples of the dataset'}"
    />
    ${caption(stage, step)}
  </figure>`;
}

function tooLarge({ stage }: StageRecord, row: PictureRow, bytes: number): Html {
  return html`<h3><span class="mono">${stage.id}</span> ${row.name}</h3>
    <p class="caption">
      ${plural(row.all, 'picture')} left out: those to be shown have ${formatBytes(bytes)}, and a page may
      carry ${formatBytes(byteLimit)}.
    </p>`;
}

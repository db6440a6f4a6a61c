import { formatBytes, formatCount, plural } from '../../base/format.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { html, type Html } from '../html.js';
import { readPictures, type Picture, type PictureRow } from '../pictures.js';

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
  }
  if (drawn.length === 0) return undefined;
  return html`<section>
    <h2>Samples</h2>
    ${drawn}
  </section>`;
}

function rowOf(stage: StageRecord, row: PictureRow): Html {
  const left = row.all - row.pictures.length;
  return html`<h3><span class="mono">${stage.stage.id}</span> ${row.name}</h3>
    ${left > 0 && html`<p class="caption">${row.pictures.length} of ${formatCount(row.all)}, evenly spaced.</p>`}
    <div class="pictures">${row.pictures.map((each) => picture(stage, each))}</div>`;
}

function picture({ stage }: StageRecord, { step, file, png }: Picture): Html {
  // A dataset's examples are of no generator, trained or not.
  const generated = stage.kind !== 'dataset';
  const caption =
    generated &&
    html`<figcaption>
      step ${formatCount(step)}${step === 0 && html` <span class="caption">untrained</span>`}
    </figcaption>`;
  if (png === undefined) {
    return html`<figure>
      <div class="missing">${file} cannot be read any more</div>
      ${caption}
    </figure>`;
  }
  const data = `data:image/png;base64,${Buffer.from(png.bytes).toString('base64')}`;
  return html`<figure>
    <img
      ${png.width <= pixelArtWidth && html`class="pixels"`}
      src="${data}"
      width="${png.width}"
      height="${png.height}"
      alt="${generated ? `Samples at step ${formatCount(step)}` : 'Examples of the dataset'}"
    />
    ${caption}
  </figure>`;
}

function tooLarge({ stage }: StageRecord, row: PictureRow, bytes: number): Html {
  return html`<h3><span class="mono">${stage.id}</span> ${row.name}</h3>
    <p class="caption">
      ${plural(row.all, 'picture')} left out: those to be shown have ${formatBytes(bytes)}, and a page may
      carry ${formatBytes(byteLimit)}.
    </p>`;
}

import { expect, it } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { renderReport } from '../../src/report/report.js';
import { readTexts } from '../../src/report/texts.js';
import { artifactsOf } from '../../src/tracking/tracked/artifacts.js';
import { cellsOf, wholeOf } from '../../src/tracking/tracked/cells.js';
import { ringRun, ringWorld, stageRecord } from './support.js';
import { assertWellFormed } from './well-formed.js';

/** The run of a ring as if its samples were read. */
function textRun() {
  const run = ringRun({ steps: 20, snapshotEvery: 10 });
  const stages = run.stages.map((stage) => ({
    ...stage,
    images: [],
    texts: stage.images.map(
      ({ file, ...image }) => ({ ...image, type: 'text', file: file.replace('.png', '.txt') }) as const,
    ),
  }));
  return { ...run, stages };
}

const written = Array.from({ length: 20 }, (_, line) => `<line ${line}>\n`).join('');
const readFile = () => Promise.resolve(Buffer.from(written));

it('reads the first lines of each text', async () => {
  const [row] = await readTexts(stageRecord(textRun(), 'train'), readFile);
  expect(row).toMatchObject({ name: 'samples', all: 3 });
  expect(row?.texts.map(({ step }) => step)).toEqual([0, 10, 20]);
  expect(required(row?.texts[0]?.lines, 'lines')).toEqual(written.split('\n').slice(0, 12));
});

it('shows them in the report, and says which are gone', async () => {
  const page = await renderReport(textRun(), { ...ringWorld, readFile });
  assertWellFormed(page);
  expect(page).toContain('<pre>&lt;line 0&gt;\n&lt;line 1&gt;');
  expect(page).not.toContain('&lt;line 12&gt;');
  const gone = await renderReport(textRun(), {
    ...ringWorld,
    readFile: () => Promise.reject(new Error('ENOENT')),
  });
  expect(gone).toContain('000000.txt cannot be read any more');
});

it('sends them to MLflow under the name of their stage', () => {
  const paths = artifactsOf(textRun(), wholeOf(cellsOf(textRun())), '/runs/one').map(({ path }) => path);
  expect(paths.filter((path) => path.endsWith('.txt'))).toContain('train/samples/000020.txt');
});

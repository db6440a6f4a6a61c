import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import { renderReport } from '../../../src/report/report.js';
import { Mlflow } from '../../../src/tracking/mlflow/index.js';
import { syncRuns } from '../../../src/tracking/replay/sync.js';
import { hardValues, sampleRun, startTime, temporaryFolder } from '../../tracking/support.js';
import { Browser, chromium } from '../browser.js';
import { hasMlflow, startServer } from './server.js';

describe.skipIf(!hasMlflow || chromium === undefined)(
  'the artifacts of a run in MLflow’s UI (needs scripts/python-env.mjs and Chromium)',
  { timeout: 240_000 },
  () => {
    it('are a table of last values, and the report with its pictures', async () => {
      const { browser, pageOf } = await shownRun();
      const { value: rows } = await browser.evaluate(pageOf('metrics.json'), 1500, tableRows);
      expect(rows).toEqual([
        ['stage', 'metric', 'step', 'value'],
        ['train', 'wasserstein_estimate', '60', expect.stringMatching(/^0\.0\d+$/)],
        ['train', 'hard', '60', String(hardValues[0])],
        ['quality', 'swd', '60', String(0.1 + 0.2)],
        ['quality', 'modes', '60', '8'],
      ]);

      const report = await browser.inspectFrame(pageOf('report.html'), 1500);
      expect(report.overflow).toBe(0);
      expect(report.images).toEqual([
        { alt: 'Samples at step 0', width: 40 },
        { alt: 'Samples at step 30', width: 40 },
        { alt: 'Samples at step 60', width: 520 },
      ]);
    });
  },
);

/** A small run on a server, with the report that a real one has. */
async function shownRun() {
  const runs = await temporaryFolder();
  const { directory, record } = await sampleRun(runs);
  const html = await renderReport(record, { readFile: (file) => readFile(file), now: startTime + 6000 });
  await writeFile(join(directory, 'report.html'), html);
  const server = await startServer(await temporaryFolder());
  onTestFinished(() => server.kill());
  expect((await syncRuns(runs, server.url, { environment: {} })).problems).toEqual([]);
  const mlflow = new Mlflow(server.url, { environment: {} });
  const { experiment_id } = await mlflow.getExperimentByName('eight-gaussians');
  const run = required((await mlflow.searchRuns([experiment_id])).runs?.[0], 'the run').info.run_id;
  const browser = new Browser(required(chromium, 'Chromium'), await temporaryFolder());
  onTestFinished(() => browser.close());
  return {
    browser,
    pageOf: (file: string) =>
      `${server.url}/#/experiments/${experiment_id}/runs/${run}/artifacts/${file}?workflowType=machine_learning`,
  };
}

/** Runs in the page: the cells of its table, once it is there; it is given a minute. */
const tableRows = `(async () => {
  const cells = '[role=columnheader], [role=cell]';
  for (let attempt = 0; attempt < 600; attempt++) {
    const rows = [...document.querySelectorAll('[role=row]')];
    if (rows.length > 1)
      return rows.map((row) => [...row.querySelectorAll(cells)].map((cell) => cell.innerText));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no table: ' + document.body.innerText);
})()`;

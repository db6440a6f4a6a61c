import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { renderReport } from '../../src/report/report.js';
import { temporaryFolder } from '../files/support.js';
import { judgedRun } from '../report/judged-support.js';
import { ringWorld } from '../report/support.js';
import { realData } from '../stages/dataset-rig.js';
import { Browser, chromium } from './browser.js';
import { latestRun, runPipeline, shortened, userEnvironment } from './support.js';

const pipelines = [
  { name: 'quickstart.yaml', steps: 120, needs: '', skip: false },
  {
    name: 'cifar10-wgan.yaml',
    steps: 2,
    needs: ' (needs CIFAR10_DIR or ../shared/data/cifar-10-batches-bin)',
    skip: realData.cifar10 === undefined,
  },
];

describe.skipIf(chromium === undefined)(
  'the report in a browser (needs Chromium)',
  { timeout: 180_000 },
  () => {
    for (const { name, steps, needs, skip } of pipelines) {
      it.skipIf(skip)(`of a run of ${name} is whole, quiet and fits narrow windows${needs}`, async () => {
        const place = await temporaryFolder();
        const runs = join(place, 'runs');
        const env = userEnvironment({ CIFAR10_DIR: realData.cifar10 });
        await runPipeline(await shortened(name, steps, place), runs, { env });
        const { directory, record } = await latestRun(runs);
        const pictures = record.stages.flatMap(({ images }) => images);

        const browser = await openBrowser();
        for (const width of [1280, 400]) {
          const page = await browser.inspect(join(directory, 'report.html'), width);
          expect(page).toMatchObject({ complaints: [], requests: [], overflow: 0 });
          expect(page.images.length).toBeGreaterThanOrEqual(pictures.length);
          expect(page.images.filter(({ width }) => width === 0)).toEqual([]);
        }
      });
    }

    it('of gates, claims and comparisons is quiet and fits narrow windows', async () => {
      const file = join(await temporaryFolder(), 'report.html');
      await writeFile(file, await renderReport(judgedRun(), ringWorld));
      const browser = await openBrowser();
      for (const width of [1280, 400]) {
        const page = await browser.inspect(file, width);
        expect(page).toMatchObject({ complaints: [], requests: [], overflow: 0 });
      }
    });

    it('would be found broken', async () => {
      const file = join(await temporaryFolder(), 'broken.html');
      await writeFile(
        file,
        `<!doctype html><title>Broken</title><div style="width: 1000px">wide</div>
      <img alt="no picture" src="data:image/png;base64,AAAA"><img alt="elsewhere" src="missing.png">
      <script>console.error('said'); throw new Error('thrown');</script>`,
      );
      const page = await (await openBrowser()).inspect(file, 400);
      expect(page.overflow).toBeGreaterThan(500);
      expect(page.images).toEqual([
        { alt: 'no picture', width: 0 },
        { alt: 'elsewhere', width: 0 },
      ]);
      expect(page.requests).toEqual([expect.stringMatching(/\/missing\.png$/)]);
      expect(page.complaints).toEqual(expect.arrayContaining(['said', expect.stringContaining('Uncaught')]));
    });
  },
);

async function openBrowser(): Promise<Browser> {
  const browser = new Browser(chromium ?? '', await temporaryFolder());
  onTestFinished(() => browser.close());
  return browser;
}

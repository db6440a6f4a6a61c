import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { temporaryFolder } from '../files/support.js';
import { realData } from '../stages/dataset-rig.js';
import { latestRun, root, runPipeline, userEnvironment } from './support.js';

const { mnist } = realData;

describe.skipIf(mnist === undefined)('MNIST (needs MNIST_DIR or ../shared/data/mnist)', () => {
  it(
    'is learnt within 3 minutes, halving the distance to held-out digits at least',
    { timeout: 600_000 },
    async () => {
      const runs = await temporaryFolder();
      const env = userEnvironment({ MNIST_DIR: mnist });
      const pipeline = join(root, 'pipelines/mnist-wgan.yaml');
      await runPipeline(pipeline, runs, { env });
      const { id, record, seconds, artifacts } = await latestRun(runs);
      expect(seconds).toBeLessThan(180);

      const quality = required(
        record.stages.find(({ stage }) => stage.id === 'quality'),
        'the stage that evaluates',
      );
      const distances = quality.metrics.map(({ step, values }) => [step, values['swd']]);
      expect(distances.map(([step]) => step)).toEqual([0, 100, 200, 300, 400, 500, 600]);
      const [untrained, trained] = [distances.at(0)?.[1], distances.at(-1)?.[1]];
      expect(trained).toBeLessThanOrEqual(required(untrained, 'the distance before training') / 2);

      const training = required(artifacts['train'], 'what the training made');
      const grid = sharp(await readFile(join(training.directory, 'samples/step-000600.png')));
      // 8 by 8 images of 32 pixels, twice enlarged, with 2 pixels around each.
      const side = 8 * (2 * 32 + 2) + 2;
      expect(await grid.metadata()).toMatchObject({ format: 'png', width: side, height: side });
      const { channels } = await grid.stats();
      const contrast = channels[0]?.stdev;
      expect(contrast).toBeGreaterThan(50); // White strokes on black, not one grey.

      const again = await runPipeline(pipeline, runs, { env });
      expect(again.stdout).toContain('nothing to run; ');
      expect(await latestRun(runs)).toMatchObject({ id });
    },
  );
});

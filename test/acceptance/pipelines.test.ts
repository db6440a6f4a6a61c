import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { realData } from '../stages/dataset-rig.js';
import { latestRun, root, runPipeline, shortened, userEnvironment } from './support.js';

/** The environment variables by which pipelines find data, with the data that this machine has. */
const dataFolders: Readonly<Record<string, string | undefined>> = {
  MNIST_DIR: realData.mnist,
  CIFAR10_DIR: realData.cifar10,
  IMAGES_DIR: realData.images,
  CORPUS: join(root, 'data/opticks.txt'),
};

const folder = join(root, 'pipelines');

/** What a test of its own runs as it is. */
const runElsewhere = ['parallel-lines.yaml'];

describe('pipelines', () => {
  for (const name of readdirSync(folder).sort()) {
    if (runElsewhere.includes(name)) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    const variables = [...text.matchAll(/\$\{env:(\w+)/g)].map(([, variable = '']) => variable);
    const absent = variables.filter((variable) => dataFolders[variable] === undefined);
    const reason = absent.length > 0 ? ` (needs ${absent.join(', ')})` : '';

    it.skipIf(absent.length > 0)(`${name} runs from end to end${reason}`, { timeout: 180_000 }, async () => {
      const place = await temporaryFolder();
      const runs = join(place, 'runs');
      const pipeline = await shortened(name, 3, place);
      const { output } = await runPipeline(pipeline, runs, { env: userEnvironment(dataFolders) });
      const { record } = await latestRun(runs);
      expect(output).not.toMatch(/\b(warning|error)\b/i);
      expect(record.stages.map(({ outcome }) => outcome.state)).toEqual(record.stages.map(() => 'succeeded'));
      for (const { stage, metrics } of record.stages) {
        if (stage.kind !== 'train') continue;
        // An arm that is matched by critic steps may make fewer, or, with fewer critic iterations, more.
        const most = text.includes('match: critic_steps') ? 15 : 3;
        expect(metrics.length).toBeGreaterThan(0);
        expect(metrics.length).toBeLessThanOrEqual(most);
        expect(metrics.map(({ step }) => step)).toEqual(metrics.map((_, index) => index + 1));
        for (const { values } of metrics) expect(Object.values(values).every(Number.isFinite)).toBe(true);
      }
    });
  }
});

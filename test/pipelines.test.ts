import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { digestBytes } from '../src/base/digest.js';
import { ok } from '../src/base/result.js';
import { loadPipeline } from '../src/cli/load-pipeline.js';
import { planExperiment } from '../src/plan/plan.js';
import type { PlanningWorld } from '../src/plan/world.js';

const root = join(import.meta.dirname, '..');
const files = ['pipelines', 'templates'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => ({ folder, name })),
);

/** Where all data exist. */
const world: PlanningWorld = {
  backend: 'native',
  backendVersion: '2.21.0',
  implementations: {
    dataset: digestBytes('dataset'),
    train: digestBytes('train'),
    evaluate: digestBytes('evaluate'),
    sample: digestBytes('sample'),
    classifier: digestBytes('classifier'),
    extractor: digestBytes('extractor'),
    curves: digestBytes('curves'),
    command: digestBytes('command'),
    compare: digestBytes('compare'),
    gate: digestBytes('gate'),
    claim: digestBytes('claim'),
    report: digestBytes('report'),
  },
  digestSource: (source) => Promise.resolve(ok(digestBytes(source.path))),
  readBaseline: () => Promise.resolve(ok([])),
};

describe.each(files)('$folder/$name', ({ folder, name }) => {
  it('is valid, gives no warnings, and can be planned', async () => {
    const loaded = await loadPipeline(name, [], { directory: join(root, folder), environment: {} });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error, undefined, 2));
    expect(loaded.value.warnings).toEqual([]);
    for (const experiment of loaded.value.experiments) {
      expect(experiment.spec.name).toBe(name.replace(/\.yaml$/, ''));
      const plan = await planExperiment(experiment, world);
      if (!plan.ok) throw new Error(JSON.stringify(plan.error, undefined, 2));
      const ids = plan.value.stages.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(Object.keys(experiment.spec.stages)));
    }
  });
});

import type { Static } from 'typebox';

import { claimStage, compareStage, gateStage, reportStage } from './collecting-stages.js';
import { commandStage } from './command-stage.js';
import { extractorStage } from './extractor-stage.js';
import { curvesStage } from './curves-stage.js';
import { classifierStage, evaluateStage, sampleStage } from './measuring-stages.js';
import { named, tagged } from './schema-builders.js';
import { trainStage } from './train-stage.js';

export const stage = tagged(
  [
    trainStage,
    evaluateStage,
    sampleStage,
    classifierStage,
    extractorStage,
    curvesStage,
    commandStage,
    compareStage,
    gateStage,
    claimStage,
    reportStage,
  ],
  { description: 'A step of the pipeline.' },
);

export type StageSpec = Static<typeof stage>;

export const stages = named(stage, {
  minProperties: 1,
  description: 'Stages by name; order does not matter.',
});

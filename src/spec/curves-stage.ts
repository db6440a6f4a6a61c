import type { Static } from 'typebox';

import { Type } from './type.js';

import {
  named,
  positiveInteger,
  quantity,
  record,
  reference,
  stepsFrom,
  tagged,
  words,
} from './schema-builders.js';
import { plainStage } from './stage-fields.js';

const of = reference(
  'metric',
  'The curve: a metric of a train or an evaluate stage, as in `train.wasserstein_estimate`.',
);

const window = Type.Optional(
  positiveInteger(
    'Values of which each one’s median is taken, it and those before it. Without it 25 for a train stage’s curve, and 1, itself, for snapshots.',
  ),
);

const start = stepsFrom(0, 'The first generator step that counts.', 0);

const level = quantity(
  {
    at_most: Type.Number({ description: 'This, or below.' }),
    at_least: Type.Number({ description: 'This, or above.' }),
  },
  'What is to be reached: `{at_most: 200}` or `{at_least: 0.65}`.',
);

const curveMetric = tagged(
  [
    record(
      {
        type: Type.Literal('rank_correlation'),
        of: reference('metric', 'A metric over snapshots, as in `quality.fid`.'),
        estimate: reference(
          'metric',
          'A curve of the training that they are of, as in `train.wasserstein_estimate`.',
        ),
        window,
        start,
      },
      {
        description:
          'Whether the estimate tells of quality: how alike it and the metric rank the snapshots (`spearman`, `kendall`).',
      },
    ),
    record(
      {
        type: Type.Literal('convergence_slope'),
        of,
        scale: words(['log', 'linear'], {
          default: 'log',
          description: 'log: decades for each 1,000 generator steps. linear: the curve’s own units.',
        }),
        window,
        start,
      },
      { description: 'How fast a curve rises or falls: the slope of the line through it, by least squares.' },
    ),
    record(
      { type: Type.Literal('time_to_level'), of, level, window, start },
      { description: 'The generator step at which a curve reaches a level; infinite where it does not.' },
    ),
    record(
      { type: Type.Literal('share_of_steps'), of, level, start },
      { description: 'The share of a curve’s values that are at a level or beyond it.' },
    ),
  ],
  { description: 'A number that says something of a training’s course.' },
);

export const curvesStage = record(
  {
    type: Type.Literal('curves'),
    ...plainStage,
    metrics: named(curveMetric, {
      minProperties: 1,
      description: 'Metrics by name; referred to as `stage.name`.',
    }),
  },
  { description: 'Measures the course of trainings: what train and evaluate stages have logged.' },
);

export type CurveMetric = Static<typeof curveMetric>;
export type CurvesStage = Static<typeof curvesStage>;

import type { Static } from 'typebox';

import { Type } from './type.js';

import { positiveInteger, record } from './schema-builders.js';

const mlflow = record(
  {
    experiment: Type.String({ minLength: 1, maxLength: 500, description: 'Name of the experiment.' }),
    filter: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "Which of its runs, in MLflow’s own language, as in `tags.release = '1.0'`. All unless given.",
      }),
    ),
    metric: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 250,
        description:
          'The metric’s key there; that under which this one is logged unless given: `quality/fid`.',
      }),
    ),
    latest: positiveInteger('Of those that have the metric, so many of the latest.', { default: 100 }),
  },
  { description: 'Runs on the MLflow server that MLFLOW_TRACKING_URI names.' },
);

/** Past runs that a metric is compared with. */
export const baseline = record(
  { mlflow },
  { description: 'Past runs to compare the metric with, which are read when the run is planned.' },
);

export type BaselineSpec = Static<typeof baseline>;

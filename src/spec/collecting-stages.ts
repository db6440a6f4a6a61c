import type { Static } from 'typebox';

import { Type } from './type.js';

import { assertion, place } from './assertions.js';
import { record, reference } from './schema-builders.js';
import { plainStage } from './stage-fields.js';

/** What makes a stage read all variants along these axes at once. */
const across = Type.Array(
  Type.String({ minLength: 1, 'x-role': 'axis', description: 'An axis; `matrix` is all of the matrix.' }),
  {
    default: [],
    description:
      'Axes to collect: the stage reads all variants along them, and there is one of it for each place on the others.',
  },
);

const confidence = Type.Number({
  exclusiveMinimum: 0.5,
  exclusiveMaximum: 1,
  default: 0.95,
  description: 'Level of the confidence intervals over seeds.',
});

const collector = { ...plainStage, across };

const asserted = {
  assert: Type.Array(assertion, { minItems: 1, description: 'All of them must hold.' }),
  confidence,
};

export const compareStage = record(
  {
    type: Type.Literal('compare'),
    ...collector,
    metrics: Type.Array(reference('metric', 'Stage and metric.'), {
      minItems: 1,
      description: 'What to compare: a column each.',
    }),
    versus: Type.Optional(place('The cells that all others are compared with, as in {arm: base}.')),
    rank_by: Type.Optional(reference('metric', 'The metric that orders the rows.')),
    confidence,
  },
  { description: 'A table of metrics over variants, with intervals over seeds and paired differences.' },
);

export const gateStage = record(
  { type: Type.Literal('gate'), ...collector, ...asserted },
  { description: 'Decides the exit code of the run: passed, failed or inconclusive.' },
);

export const claimStage = record(
  {
    type: Type.Literal('claim'),
    ...collector,
    statement: Type.String({ minLength: 1, description: 'What is claimed, in a sentence.' }),
    source: Type.Optional(
      Type.String({ description: 'Who claims it, as in `arXiv 1701.07875, section 4.3`.' }),
    ),
    ...asserted,
  },
  { description: 'Records whether a claim holds: supported, refuted or inconclusive.' },
);

export const reportStage = record(
  {
    type: Type.Literal('report'),
    ...collector,
    title: Type.Optional(Type.String({ minLength: 1, description: 'Headline of the page.' })),
    show: Type.Array(reference('stage', 'A stage.'), {
      minItems: 1,
      description: 'What the page shows, in this order.',
    }),
  },
  { description: 'A page of its own for some of the results.' },
);

export type CompareStage = Static<typeof compareStage>;
export type GateStage = Static<typeof gateStage>;
export type ClaimStage = Static<typeof claimStage>;
export type ReportStage = Static<typeof reportStage>;

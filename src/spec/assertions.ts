import type { Static } from 'typebox';

import { Type } from './type.js';

import { baseline } from './baseline.js';
import { namePattern, positiveNumber, reference } from './schema-builders.js';

/** Values of axes, as in `{arm: base}`; that they lie on their axes, a rule checks. */
export type Place = Readonly<Record<string, string | number | boolean>>;

/** A field that holds such values. */
export const place = (description: string) =>
  Type.Unsafe<Place>({
    type: 'object',
    patternProperties: { [namePattern]: { description: 'A value of the axis.' } },
    additionalProperties: false,
    minProperties: 1,
    description,
  });

/** Beside `metric`, names of axes. */
const axisPattern = `^(?!metric$)${namePattern.slice(1)}`;

/** What is compared with: the same metric elsewhere, another one, or both. */
const versus = Type.Unsafe<Place & { readonly metric?: string }>({
  type: 'object',
  properties: { metric: reference('metric', 'Another metric, as in `gan_quality.fid`.') },
  patternProperties: { [axisPattern]: { description: 'A value of the axis.' } },
  additionalProperties: false,
  minProperties: 1,
  description: 'What the metric is compared with: values of axes, another `metric`, or both.',
});

const bound = (description: string) => Type.Number({ description });

/** Bounds that need something to compare with. */
export const relativeBounds = ['min_ratio', 'max_ratio', 'min_difference', 'max_difference'] as const;
export const absoluteBounds = ['min', 'max'] as const;

const fields = Type.Object(
  {
    metric: reference('metric', 'Stage and metric, as in `quality.swd`.'),
    where: Type.Optional(place('The cells that it is about, by values of collected axes.')),
    versus: Type.Optional(versus),
    baseline: Type.Optional(baseline),
    min: Type.Optional(bound('The metric is at least this.')),
    max: Type.Optional(bound('The metric is at most this.')),
    min_ratio: Type.Optional(
      positiveNumber('The metric divided by that of `versus` or `baseline` is at least this.'),
    ),
    max_ratio: Type.Optional(
      positiveNumber('The metric divided by that of `versus` or `baseline` is at most this.'),
    ),
    min_difference: Type.Optional(bound('The metric minus that of `versus` or `baseline` is at least this.')),
    max_difference: Type.Optional(bound('The metric minus that of `versus` or `baseline` is at most this.')),
  },
  { additionalProperties: false },
);

export type Assertion = Static<typeof fields>;

/** The metrics that assertions are about, and those that they are compared with. */
export function comparedMetrics(
  assertions: readonly Pick<Assertion, 'metric' | 'versus'>[],
): readonly string[] {
  return assertions.flatMap(({ metric, versus }) => [metric, versus?.metric ?? metric]);
}

export const assertion = Type.Unsafe<Assertion>({
  ...fields,
  description: 'A bound on a metric, tested on its interval over seeds. Short: `quality.swd < 0.1`.',
  'x-short': '^\\s*[^<>\\s]+\\s*[<>]=?\\s*[^<>\\s]+\\s*$',
});

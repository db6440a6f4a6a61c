import type { Static } from 'typebox';

import { Type } from './type.js';

import { record, stepsFrom, words } from './schema-builders.js';

const names = ['gradient_norms', 'weight_norms', 'clip_saturation', 'slopes'] as const;
export type DiagnosticName = (typeof names)[number];

export const diagnostics = record(
  {
    every: stepsFrom(1, 'Generator steps between two looks.'),
    of: Type.Optional(
      Type.Array(words(names, { description: 'One kind of number.' }), {
        minItems: 1,
        uniqueItems: true,
        description: 'What is looked at; all that there is unless given.',
      }),
    ),
  },
  { description: 'Numbers about the networks themselves, at some of the generator steps.' },
);

export type DiagnosticsSpec = Static<typeof diagnostics>;

/** What is looked at: a clip range has to be there for its share of weights to be. */
export function diagnosticsOf(
  { of }: Pick<DiagnosticsSpec, 'of'>,
  lipschitz: { readonly type: string } | undefined,
): readonly DiagnosticName[] {
  return (of ?? names).filter((name) => name !== 'clip_saturation' || lipschitz?.type === 'clip');
}

/** The metrics of each kind. */
export const diagnosticMetrics: Readonly<Record<DiagnosticName, readonly string[]>> = {
  gradient_norms: ['critic', 'generator'].flatMap((role) =>
    ['', '.first', '.last'].map((part) => `gradient_norm.${role}${part}`),
  ),
  weight_norms: ['weight_norm.critic', 'weight_norm.generator'],
  clip_saturation: ['clip_saturation'],
  slopes: ['slope.mean', 'slope.max'],
};

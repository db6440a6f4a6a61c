import type { Static } from 'typebox';

import { Type } from './type.js';

import { positiveInteger, record, stepsFrom, words } from './schema-builders.js';

const names = ['gradient_norms', 'weight_norms', 'clip_saturation', 'slopes'] as const;
export type DiagnosticName = (typeof names)[number];

export const diagnostics = record(
  {
    every: stepsFrom(1, 'Generator steps between two looks.'),
    of: Type.Optional(
      Type.Array(words(names, { description: 'One kind of number.' }), {
        minItems: 1,
        uniqueItems: true,
        description: 'What is looked at; all of these unless given.',
      }),
    ),
    critic_improvement: Type.Optional(
      record(
        { critic_steps: positiveInteger('Critic steps, which are then undone.', { default: 25 }) },
        { description: 'How much better the critic would become while the generator stands still.' },
      ),
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

/** The names of all numbers of a look. */
export function diagnosticMetrics(
  spec: DiagnosticsSpec,
  lipschitz: { readonly type: string } | undefined,
): readonly string[] {
  return [
    ...diagnosticsOf(spec, lipschitz).flatMap((name) => metricsOf[name]),
    ...(spec.critic_improvement ? ['critic_improvement'] : []),
  ];
}

const metricsOf: Readonly<Record<DiagnosticName, readonly string[]>> = {
  gradient_norms: ['critic', 'generator'].flatMap((role) =>
    ['', '.first', '.last'].map((part) => `gradient_norm.${role}${part}`),
  ),
  weight_norms: ['weight_norm.critic', 'weight_norm.generator'],
  clip_saturation: ['clip_saturation'],
  slopes: ['slope.mean', 'slope.max'],
};

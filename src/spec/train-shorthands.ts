import type { PositionedEntry, PositionedNode } from '../source/document.js';
import { entryOf, mapEntries, textOf } from '../source/entries.js';
import { conditional } from './conditional.js';
import { tagOf, type Schema } from './schema.js';
import { inferredMap, word, type Shorthand } from './shorthand.js';
import { objective } from './objective.js';
import { optimizer } from './optimizers.js';

export const clip: Shorthand = {
  key: 'clip',
  field: 'lipschitz',
  schema: {
    description: 'Clip range of the critic weights: c stands for [-c, c]. Short for lipschitz: {type: clip}.',
    oneOf: [
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
    ],
  },
  values: 'a number c, for the range from -c to c, or a list of 2 numbers',
  isForEditors: true,
  expand: ({ keyRange, value }) =>
    inferredMap(keyRange, { type: word('clip', keyRange), range: symmetricRange(value) }),
};

/** A clip range in its long form may still be one number: `clip: ${vars.c}` becomes that when c is known. */
const clipRange: Shorthand = {
  ...clip,
  key: 'lipschitz',
  isForEditors: false,
  expand: ({ value }) => {
    const range = entryOf(value, 'range');
    if (value.kind !== 'map' || range?.value.kind !== 'scalar') return undefined;
    const symmetric = symmetricRange(range.value);
    return symmetric === range.value
      ? undefined
      : mapEntries(value, (entry) => (entry === range ? symmetric : entry.value));
  },
};

export const penalty: Shorthand = {
  key: 'gp_lambda',
  field: 'lipschitz',
  schema: {
    description:
      'Weight of the gradient penalty. Short for lipschitz: {type: gradient_penalty, lambda: ...}.',
    type: 'number',
    exclusiveMinimum: 0,
  },
  values: 'a number, the weight of the penalty',
  isForEditors: true,
  expand: ({ keyRange, value }) =>
    inferredMap(keyRange, { type: word('gradient_penalty', keyRange), lambda: value }),
};

const objectiveWord: Shorthand = {
  key: 'objective',
  field: 'objective',
  // An f-GAN has to say of which divergence.
  schema: {
    type: 'string',
    enum: (objective as unknown as Schema).oneOf?.map(tagOf).filter((type) => type !== 'f_gan') ?? [],
  },
  values: 'a word such as `wasserstein`',
  isForEditors: true,
  expand: typeOfWord,
};

const conditionalWord: Shorthand = {
  key: 'conditional',
  field: 'conditional',
  schema: { type: 'string', enum: (conditional as unknown as Schema).oneOf?.map(tagOf) ?? [] },
  values: 'a word such as `projection`',
  isForEditors: true,
  expand: typeOfWord,
};

const constantIterations: Shorthand = {
  key: 'critic_iterations',
  field: 'critic_iterations',
  schema: { type: 'integer', minimum: 1 },
  values: 'a whole number of critic steps',
  isForEditors: true,
  expand: ({ keyRange, value }) =>
    value.kind === 'scalar' && typeof value.value === 'number'
      ? inferredMap(value.range, { type: word('constant', keyRange), count: value }, keyRange)
      : undefined,
};

export const oneOptimizer: Shorthand = {
  key: 'optimizer',
  field: 'optimizer',
  schema: optimizer as unknown as Schema,
  values: 'a map such as {type: rmsprop, lr: 5e-4}',
  isForEditors: true,
  expand: ({ keyRange, value }) =>
    value.kind === 'map' && !entryOf(value, 'generator') && !entryOf(value, 'critic')
      ? inferredMap(value.range, { generator: value, critic: value }, keyRange)
      : undefined,
};

/** In the order in which they are expanded. */
export const trainShorthands: readonly Shorthand[] = [
  clip,
  penalty,
  clipRange,
  objectiveWord,
  conditionalWord,
  constantIterations,
  oneOptimizer,
];

/** A map of that type, of which all else is as it is by default. */
function typeOfWord({ keyRange, value }: PositionedEntry): PositionedNode | undefined {
  const text = textOf(value);
  return text === undefined || text.includes('${')
    ? undefined
    : inferredMap(value.range, { type: value }, keyRange);
}

function symmetricRange(value: PositionedNode): PositionedNode {
  if (value.kind !== 'scalar' || typeof value.value !== 'number') return value;
  // `0 - c` rather than `-c`, so that 0 does not become -0.
  return { kind: 'list', range: value.range, items: [{ ...value, value: 0 - value.value }, value] };
}

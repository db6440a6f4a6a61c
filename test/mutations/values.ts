import fc from 'fast-check';

import { seeds, vocabulary } from './seeds.js';

export const absurd = fc.constantFrom(
  ...[0, -0, 1, -1, 2, 0.5, 64, 1e-300, 5e-324, 1e15, 1e308, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53)],
  ...[Infinity, -Infinity, NaN],
);

const references = [
  ...[
    'mnist.train',
    'mnist.test',
    'mnist.nothing',
    'mnist',
    'ring.train',
    'grid.train',
    'nothing',
    'train',
    'train.loss',
  ],
  ...[
    'quality',
    'quality.swd',
    'quality.fid',
    'train.wasserstein_estimate',
    'again',
    'again.swd',
    'table',
    '.',
    'a.b.c',
  ],
];

const expressions = [
  ...[
    '${seed}',
    '${arm}',
    '${vars.x}',
    '${vars.y}',
    '${vars.mnist}',
    '${matrix.clip}',
    '${matrix.size}',
    '${matrix}',
  ],
  ...[
    '${env:DATA}',
    '${env:DATA,1}',
    '${env:}',
    '${stages.train}',
    '${vars.x[0]}',
    '${',
    'a ${seed} b',
    '\\${seed}',
  ],
  ...['${vars.__proto__}', '${vars.x.constructor}', '${matrix.axes}'],
];

const strange = [
  ...[
    '',
    ' ',
    '-',
    '~',
    'null',
    'true',
    '1e3',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '<<',
    '@',
    'a=b',
  ],
  ...[
    '\u0000',
    '\u001b[31mred',
    '\u009b31m',
    '\u202eabc',
    'a\nb',
    'a\r\nb',
    '\ufeff',
    '\ud800',
    'a\udc00b',
    '🦄',
    '漢字',
    '::error::x',
  ],
  ...['x'.repeat(300), '/', '..', '../../../../etc/passwd', '/dev/zero', 'file:///etc', './'],
];

/** What `extends` may name. */
export const files = [
  ...seeds.map(({ path }) => path),
  './nothing.yaml',
  './mnist-wgan.yaml',
  '../shared/mnist.yaml',
  './clip-sweep.yaml',
];

export const word = fc.constantFrom(...references, ...expressions, ...strange, ...files, ...vocabulary.keys);
const known = fc.constantFrom(...vocabulary.values);

export const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...vocabulary.keys) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...strange, 'across', 'versus', 'where', 'ignore', 'x-a', 'vars', 'gp_lambda'),
  },
);

export const small: fc.Arbitrary<unknown> = fc.oneof(absurd, word, known, fc.constantFrom(null, true, false));

/** Of any type, right or wrong. */
export const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: small },
  { weight: 1, arbitrary: fc.array(small, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.dictionary(key, small, { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 80 }).map(nested) },
);

function nested(depth: number): unknown {
  return Array.from({ length: depth }).reduce<unknown>(
    (inner) => (depth % 2 === 0 ? [inner] : { a: inner }),
    1,
  );
}

/** Mostly of the right form, so that what comes after the schema is reached. */
export const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: value });

export const axis = fc.constantFrom(
  'clip',
  'size',
  'arm',
  'seed',
  'matrix',
  'generator',
  'rate',
  '__proto__',
  'x y',
);
export const cell = fc.dictionary(axis, small, { maxKeys: 2 });
export const path = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...vocabulary.paths) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'remove',
      'seeds',
      'matrix.axes.clip',
      'stages.train.clip',
      '+stages.more',
      '~stages',
      'a..b',
    ),
  },
);
export const removedPaths = mostly(fc.array(path, { maxLength: 3 }));

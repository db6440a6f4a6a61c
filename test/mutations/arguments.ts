import fc from 'fast-check';

import { absurd, path, small } from './values.js';

const assigned = fc
  .tuple(path, fc.constantFrom('', '+', '++'), small)
  .map(([to, sign, what]) => `${sign}${to}=${flow(what)}`);
const swept = fc
  .tuple(path, fc.array(absurd, { minLength: 2, maxLength: 3 }))
  .map(([to, all]) => `${to}=${all.map(flow).join()}`);
const takenOut = path.map((from) => `~${from}`);
const broken = fc
  .array(
    fc.constantFrom(
      ...[
        'stages',
        'train',
        'clip',
        'optimizer',
        'lr',
        'vars',
        'seeds',
        'matrix',
        'axes',
        'quality',
        '__proto__',
      ],
      ...[
        '.',
        '.',
        '.',
        '=',
        '=',
        '[0]',
        '[99999999999]',
        '+',
        '~',
        ',',
        '{a: 1}',
        '[1, 2]',
        '0.1',
        '${seed}',
        'range(0,9)',
      ],
      ...[
        'range(0,1e9,1e-9)',
        '"',
        "'",
        ' ',
        '\n',
        '\t',
        '\u001b',
        '\u0000',
        '\ud800',
        '&a ',
        '*a',
        '{',
        '- ',
        '!x ',
      ],
    ),
    { maxLength: 9 },
  )
  .map((pieces) => pieces.join(''));

/** An argument of `-S`, which may be sound. */
export const argument: fc.Arbitrary<string> = fc.oneof(assigned, swept, takenOut, broken);

function flow(what: unknown): string {
  return typeof what === 'number' ? String(what) : JSON.stringify(what);
}

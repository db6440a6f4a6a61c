import fc from 'fast-check';

import { seeds, vocabulary } from './seeds.js';

/** A change of a text that knows nothing of YAML. */
export type TextEdit = (text: string) => string;

const lines = [...new Set(seeds.flatMap(({ text }) => text.split('\n')))];

/** Characters that mean something to YAML, to the language, to a terminal or to nobody. */
const characters = fc.string({
  unit: fc.constantFrom(
    ...Array.from('{}[]:,&*!|>\'"%@`#-?\t\n\r \\$~<=.0x'),
    ...['\u0000', '\u0007', '\u001b', '\u007f', '\u0085', '\u2028', '\u202e', '\ufeff', '\ud800', '\udc00'],
    ...['é', 'e\u0301', '漢', '🦄', '👩‍👩‍👧', '\u200b'],
  ),
  maxLength: 6,
});

const words = fc.constantFrom(
  ...['${', '${vars.mnist}', '${matrix.rate}', '${seed}', '${arm}', '${env:X}', '${env:HOME}', '\\${', '}'],
  ...[
    'extends: stages.train\n',
    'remove: [a]',
    '<<: ',
    'null',
    '.nan',
    '-.inf',
    '1e999',
    '0x1f',
    '__proto__: 1',
  ],
  ...['- ', '? ', ': ', '*a', '&a ', '!!str ', '!x ', '---\n', '...\n', '%YAML 1.1\n', '|\n', '>-\n', '# '],
  ...[
    '"\\ud800"',
    '"\\0"',
    '"\\e[31m"',
    '"\\x9b"',
    '[[[[[[[[',
    '{a: {a: {a: ',
    '<<<<<<< HEAD\n',
    '=======\n',
  ],
);

const place = fc.nat(8000);
const length = fc.oneof({ weight: 4, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.nat(2000) });

const splice = fc
  .tuple(
    place,
    length,
    fc.oneof(
      characters,
      words,
      fc.constantFrom(...lines).map((line) => `\n${line}\n`),
      fc.constantFrom(...vocabulary.keys),
    ),
  )
  .map(([at, removed, added]): TextEdit => (text) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + added + text.slice(start + removed);
  });

/** What becomes of the lines of a text from the line `at` on. */
type LineEdit = (all: readonly string[], at: number, to: number) => readonly string[];

const lineEdits: readonly LineEdit[] = [
  (all, at) => all.toSpliced(at, 1),
  (all, at) => all.toSpliced(at, 0, all[at] ?? ''),
  (all, at, to) => all.toSpliced(at, 1).toSpliced(to, 0, all[at] ?? ''),
  (all, at, to) => all.with(at, all[to] ?? '').with(to, all[at] ?? ''),
  (all, at) => all.with(at, `  ${all[at] ?? ''}`),
  (all, at) => all.with(at, (all[at] ?? '').replace(/^ {1,2}/, '')),
  (all, at) => all.with(at, `\t${all[at] ?? ''}`),
  (all, at, to) =>
    all.map((line, index) => (index >= Math.min(at, to) && index <= Math.max(at, to) ? ` ${line}` : line)),
  (all, at, to) => all.toSpliced(Math.min(at, to), Math.abs(at - to)),
  (all, at, to) => [...all, ...all.slice(Math.min(at, to), Math.max(at, to))],
];

const ofLines = fc
  .tuple(fc.constantFrom(...lineEdits), fc.nat(500), fc.nat(500))
  .map(([edit, at, to]): TextEdit => (text) => {
    const all = text.split('\n');
    return edit(all, at % all.length, to % all.length).join('\n');
  });

/** Two words or signs change places. */
const swap = fc.tuple(fc.nat(1000), fc.nat(1000)).map(([one, other]): TextEdit => (text) => {
  const tokens = text.split(/([\w.-]+|\s+|[^\w\s])/);
  const [first, second] = [one % tokens.length, other % tokens.length];
  return tokens
    .with(first, tokens[second] ?? '')
    .with(second, tokens[first] ?? '')
    .join('');
});

const whole = fc.oneof(
  place.map(
    (at): TextEdit =>
      (text) =>
        text.slice(0, at % (text.length + 1)),
  ),
  place.map(
    (at): TextEdit =>
      (text) =>
        text.slice(at % (text.length + 1)),
  ),
  fc.constantFrom<TextEdit>(
    (text) => `\ufeff${text}`,
    (text) => text.replaceAll('\n', '\r\n'),
    (text) => text.replaceAll('\n', '\r'),
    (text) => text.replaceAll('  ', '\t'),
    (text) => text.replaceAll(':', ': '),
    (text) => text + text,
    (text) => text.replaceAll('\n', ' '),
    (text) => text.toUpperCase(),
  ),
);

export const textEdit: fc.Arbitrary<TextEdit> = fc.oneof(
  { weight: 6, arbitrary: splice },
  { weight: 3, arbitrary: ofLines },
  { weight: 2, arbitrary: swap },
  { weight: 1, arbitrary: whole },
);

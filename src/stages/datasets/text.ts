import { formatCount, plural } from '../../base/format.js';
import { InternalError, required } from '../../base/invariant.js';
import { StageProblem } from '../../execute/contract.js';
import type { DatasetSpec } from '../../spec/datasets.js';
import { readDataFile } from './data-file.js';
import { sequenceSource, type SequenceSource } from './sample-source.js';
import { mostFrequent, tokensOf, type Vocabulary, vocabularyOf } from './vocabulary.js';

type TextSpec = Extract<DatasetSpec, { type: 'text' }>;

interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly tokens: readonly string[];
}

/** Some tokens and the lines that they are on. */
interface Sequence {
  readonly tokens: readonly string[];
  readonly line: (place: number) => number;
}

/**
 * A text as sequences of tokens, which are numbers in a vocabulary learnt from all of it. Windows follow one another
 * through the whole text, without overlap, and what is left over at the end belongs to none; as lines, each line
 * that is not blank is one sequence, cut or filled to the length.
 *
 * @throws StageProblem where the file is missing or no text, is too short, or has a token beyond the vocabulary.
 */
export async function openText(spec: TextSpec): Promise<SequenceSource> {
  const lines = linesOf(await readDataFile(spec.path, ['path']), spec);
  const { max, unknown } = spec.vocabulary;
  const all = spec.sequences === 'lines' ? ofLines(lines, spec.length) : windows(lines, spec);
  const { kept, different } = mostFrequent(tokensIn(all), max);
  const known = new Set(kept);
  if (unknown === 'error' && different > max) throw unknownToken(spec, all, known, different);

  const isKnown = ({ tokens }: Sequence) => tokens.every((token) => known.has(token));
  const sequences = unknown === 'skip' ? all.filter(isKnown) : all;
  if (sequences.length === 0) throw noSequences(spec, lines, all.length);
  const vocabulary = vocabularyOf(spec.tokens, kept, {
    unknown: unknown === 'replace' && different > max,
    padding: sequences.some(({ tokens }) => tokens.length < spec.length),
  });
  return sequenceSource(numbersOf(sequences, vocabulary, spec.length), spec.length, vocabulary, {
    notes: [...leftOut(spec, all.length - sequences.length), ...cut(spec, lines)],
  });
}

function linesOf(bytes: Uint8Array, spec: TextSpec): readonly Line[] {
  const text = decoded(bytes, spec.path).normalize('NFC');
  const cased = spec.lower_case ? text.toLowerCase() : text;
  return cased
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ number: index + 1, tokens: tokensOf(line, spec.tokens) }))
    .filter(({ tokens }) => tokens.length > 0);
}

function decoded(bytes: Uint8Array, path: string): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    const lines = Buffer.from(bytes).toString('utf8').split('\n');
    const line = lines.findIndex((each) => each.includes('\uFFFD')) + 1;
    throw new StageProblem(
      `${path} is no UTF-8 text: line ${line} has bytes that are none`,
      ['path'],
      'Save the file as UTF-8, as in `iconv -f latin1 -t utf-8`.',
    );
  }
}

function ofLines(lines: readonly Line[], length: number): readonly Sequence[] {
  return lines.map(({ tokens, number }) => ({ tokens: tokens.slice(0, length), line: () => number }));
}

function windows(lines: readonly Line[], spec: TextSpec): readonly Sequence[] {
  const [stream, at] = [[] as string[], [] as number[]];
  for (const { tokens, number } of lines) {
    // A line's end is as blank as a space is.
    const blank = spec.tokens === 'character' && stream.length > 0 ? [' '] : [];
    for (const token of [...blank, ...tokens]) {
      stream.push(token);
      at.push(number);
    }
  }
  return Array.from({ length: Math.floor(stream.length / spec.length) }, (_, index) => {
    const start = index * spec.length;
    return {
      tokens: stream.slice(start, start + spec.length),
      line: (place) => required(at[start + place], 'the line of a token'),
    };
  });
}

function* tokensIn(sequences: readonly Sequence[]): Generator<string> {
  for (const { tokens } of sequences) yield* tokens;
}

/** [sequences, length], row-major. */
function numbersOf(
  sequences: readonly Sequence[],
  { tokens: known, unknown, padding }: Vocabulary,
  length: number,
): Int32Array {
  const numbers = new Map(known.map((token, number) => [token, number]));
  const values = new Int32Array(sequences.length * length);
  for (const [row, { tokens }] of sequences.entries()) {
    for (let place = 0; place < length; place += 1) {
      const token = tokens[place];
      const number = token === undefined ? padding : (numbers.get(token) ?? unknown);
      values[row * length + place] = required(number, 'a token’s number');
    }
  }
  return values;
}

function unknownToken(
  { path, tokens: unit, vocabulary: { max } }: TextSpec,
  sequences: readonly Sequence[],
  known: ReadonlySet<string>,
  different: number,
): StageProblem {
  for (const { tokens, line } of sequences) {
    const place = tokens.findIndex((token) => !known.has(token));
    const token = tokens[place];
    if (token === undefined) continue;
    return new StageProblem(
      `the ${unit} ${shown(token)} in line ${line(place)} of ${path} is not among the ${formatCount(max)} most frequent; ` +
        `the text has ${formatCount(different)} different ${unit}s`,
      ['vocabulary', 'max'],
      `Write \`max: ${different}\`, or \`unknown: replace\` for one token in place of all others.`,
    );
  }
  throw new InternalError('a text with more tokens than its vocabulary has one that is not in it');
}

/** A character that is not seen is told by its code point. */
function shown(token: string): string {
  const [point = 0] = Array.from(token, (character) => character.codePointAt(0) ?? 0);
  const isSeen = /^[^\p{C}\p{Z}\p{M}]+$/u.test(token);
  return isSeen ? `\`${token}\`` : `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

function noSequences({ path, tokens, length }: TextSpec, lines: readonly Line[], cut: number): StageProblem {
  if (cut > 0) {
    const message = `each of the ${formatCount(cut)} sequences of ${path} has a ${tokens} beyond the vocabulary`;
    return new StageProblem(message, ['vocabulary'], 'Raise `max`, or write `unknown: replace`.');
  }
  const count = lines.reduce((sum, line) => sum + line.tokens.length, 0);
  return new StageProblem(
    `${path} has ${plural(count, tokens)}, and a sequence ${formatCount(length)}`,
    ['length'],
    'Make sequences shorter, or name a longer text.',
  );
}

function leftOut({ tokens, path }: TextSpec, count: number): readonly string[] {
  return count === 0
    ? []
    : [`${path}: left out ${plural(count, 'sequence')} with a ${tokens} beyond the vocabulary.`];
}

function cut({ sequences, length, path }: TextSpec, lines: readonly Line[]): readonly string[] {
  const long = lines.filter(({ tokens }) => tokens.length > length).length;
  return sequences === 'windows' || long === 0
    ? []
    : [`${path}: cut ${plural(long, 'line')} of ${formatCount(lines.length)} to a sequence's length.`];
}

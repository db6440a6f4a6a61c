import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import type { RunnableFields } from '../../../src/spec/runnable.js';
import { readSplit } from '../../../src/stages/dataset-artifact.js';
import { textOf } from '../../../src/stages/texts.js';
import { problemOf, put, ran, temporaryFolder } from '../dataset-rig.js';

type TextSpec = Extract<RunnableFields['dataset'], { type: 'text' }>;

async function spec(content: string | Uint8Array, fields: Partial<TextSpec> = {}): Promise<TextSpec> {
  return {
    type: 'text',
    path: await put(await temporaryFolder(), 'corpus.txt', content),
    tokens: 'character',
    length: 4,
    sequences: 'windows',
    lower_case: false,
    vocabulary: { max: 64, unknown: 'error' },
    seed: 0,
    splits: { all: 0.999 },
    ...fields,
  };
}

/** The sequences of the one split, sorted, as they are written. */
async function sequencesOf(fields: TextSpec) {
  const { directory, events } = await ran(fields);
  const split = await readSplit(directory, 'all');
  const text = required(split.text, 'a text');
  const notes = events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
  const lines = textOf(text, text.vocabulary).split('\n').slice(0, -1).sort();
  return { lines, notes, vocabulary: text.vocabulary, split, directory, events };
}

describe('windows of characters', () => {
  it('follow one another through the text, a line’s end being a space', async () => {
    const { lines, vocabulary, split } = await sequencesOf(await spec('abab\tcd  \n\n ab\r\ncdX'));
    // `abab cd ab cdX`, of which two are left over.
    expect(lines).toEqual([' cd', 'ab c', 'abab']);
    expect(lines.length).toBe(split.count);
    // Three of each of the first three, of which the space comes first.
    expect(vocabulary.tokens).toEqual([' ', 'a', 'b', 'c', 'd']);
    expect(split.shape).toEqual([4, 5]);
  });

  it('are seen by networks as ones among zeros', async () => {
    const { split } = await sequencesOf(await spec('aaba'));
    const [a, b] = [
      [1, 0],
      [0, 1],
    ];
    expect([...split.gather(Int32Array.of(0))]).toEqual([a, a, b, a].flat());
  });

  it('may be lower-cased, and are composed characters', async () => {
    const { lines } = await sequencesOf(await spec('ABe\u0301Ω', { lower_case: true }));
    expect(lines).toEqual(['ab\u00e9ω']);
  });
});

it('words are runs of letters, and signs by themselves', async () => {
  const { lines } = await sequencesOf(await spec("Don't go-between, 42!", { tokens: 'word', length: 5 }));
  expect(lines).toEqual(["Don't go-between , 42 !"]);
});

it('lines are cut, or filled at their end', async () => {
  const { lines, vocabulary, notes } = await sequencesOf(
    await spec('abcdef\n\nab\n', { sequences: 'lines' }),
  );
  expect(lines).toEqual(['ab', 'abcd']);
  expect(vocabulary).toMatchObject({ tokens: ['a', 'b', 'c', 'd', ''], padding: 4 });
  expect(notes).toEqual([expect.stringMatching(/corpus\.txt: cut 1 line of 2 to a sequence's length\.$/)]);
});

describe('a token beyond the vocabulary', () => {
  const text = 'aaaa\naabb\nabcc\n';

  it('is an error that names token, file and line', async () => {
    const fields = await spec(text, { sequences: 'lines', vocabulary: { max: 2, unknown: 'error' } });
    expect(await problemOf(fields)).toEqual({
      message: `the character \`c\` in line 3 of ${fields.path} is not among the 2 most frequent; the text has 3 different characters`,
      field: ['vocabulary', 'max'],
      help: 'Write `max: 3`, or `unknown: replace` for one token in place of all others.',
    });
    const windows = {
      ...(await spec('aaaa\nab')),
      length: 3,
      vocabulary: { max: 1, unknown: 'error' },
    } as const;
    // The fifth token is the end of the first line, as blank as a space.
    expect((await problemOf(windows)).message).toMatch(/^the character U\+0020 in line 2 of/);
  });

  it('is told by its number where it cannot be seen', async () => {
    const fields = await spec('aaaaaaa\u200b', { vocabulary: { max: 1, unknown: 'error' } });
    expect((await problemOf(fields)).message).toMatch(/^the character U\+200B in line 1/);
  });

  it('is one common token', async () => {
    const { lines, vocabulary } = await sequencesOf(
      await spec(text, { sequences: 'lines', vocabulary: { max: 2, unknown: 'replace' } }),
    );
    expect(lines).toEqual(['aaaa', 'aabb', 'ab\uFFFD\uFFFD']);
    expect(vocabulary).toEqual({ unit: 'character', tokens: ['a', 'b', '\uFFFD'], unknown: 2 });
  });

  it('has its sequence left out', async () => {
    const { lines, notes } = await sequencesOf(
      await spec(text, { sequences: 'lines', vocabulary: { max: 2, unknown: 'skip' } }),
    );
    expect(lines).toEqual(['aaaa', 'aabb']);
    expect(notes).toEqual([
      expect.stringMatching(/corpus\.txt: left out 1 sequence with a character beyond the vocabulary\.$/),
    ]);
  });

  it('may be in every sequence', async () => {
    const problem = await problemOf(await spec('ab', { length: 2, vocabulary: { max: 1, unknown: 'skip' } }));
    expect(problem.message).toMatch(/^each of the 1 sequences of .* has a character beyond the vocabulary$/);
  });
});

describe('a file that is no text for it', () => {
  it('is too short', async () => {
    const fields = await spec('abc');
    expect(await problemOf(fields)).toMatchObject({
      message: `${fields.path} has 3 characters, and a sequence 4`,
      field: ['length'],
    });
  });

  it('is not in UTF-8', async () => {
    const fields = await spec(Uint8Array.of(97, 10, 98, 0xe9, 10));
    expect(await problemOf(fields)).toMatchObject({
      message: `${fields.path} is no UTF-8 text: line 2 has bytes that are none`,
      field: ['path'],
    });
  });

  it('is missing', async () => {
    const problem = await problemOf({ ...(await spec('')), path: '/nowhere.txt' });
    expect(problem.message).toBe('/nowhere.txt does not exist');
  });
});

it('shows examples as text', async () => {
  const { directory, events } = await sequencesOf(await spec('abcd'));
  expect(events.at(-1)).toEqual({
    type: 'text',
    step: 0,
    timestamp: 1000,
    name: 'examples',
    file: 'examples.txt',
  });
  expect(await readFile(join(directory, 'examples.txt'), 'utf8')).toBe('abcd\n');
});

import { describe, expect, it } from 'vitest';

import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { mostLexemes } from '../../src/source/limits.js';
import { parseDocument, parseValue } from '../../src/source/parse-document.js';
import { sourceOf } from '../resolve/support.js';

function codesOf(text: string) {
  const document = parseDocument(sourceOf(text));
  return document.ok ? [] : document.error.map(({ code }) => code);
}

describe('the words and signs of a file', () => {
  // Key, colon, brackets; and one of each item and its comma, save the last.
  const list = (items: number) => `a: [${'1,'.repeat(items - 1)}1]`;
  const most = (mostLexemes - 4 + 1) / 2;

  it('are counted', () => {
    expect(codesOf(list(Math.floor(most)))).toEqual([]);
    expect(codesOf(list(Math.floor(most) + 1))).toEqual(['too-large']);
  });

  it('are not its comments, blanks and lines', () => {
    expect(codesOf(`${'# comment\n\n'.repeat(mostLexemes)}a:    1\n`)).toEqual([]);
  });
});

describe('a value in an argument', () => {
  it.each([
    ['x=---', '<ok>'],
    ['x=%a', ':1:3: error'],
    ['x=[1, 2', ':1:3: error'],
    ['x=a: 1\n   b: 2', ':2:'],
    ['x="a', ':1:3: error'],
  ])('%s is read, or refused at its place', (text, place) => {
    const source = sourceOf(text);
    const value = parseValue(source, 2, text.length);
    const told = value.ok ? '<ok>' : renderDiagnostics(value.error);
    expect(told).toContain(place);
  });
});

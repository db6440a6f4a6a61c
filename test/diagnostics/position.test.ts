import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { lineAround, positionAt } from '../../src/diagnostics/position.js';
import { textOf } from './support.js';

describe('positions', () => {
  it('count lines and columns from 1', () => {
    const source = textOf('ab\ncd\n');
    expect(positionAt(source, 0)).toEqual({ line: 1, column: 1 });
    expect(positionAt(source, 2)).toEqual({ line: 1, column: 3 });
    expect(positionAt(source, 3)).toEqual({ line: 2, column: 1 });
    expect(positionAt(source, 6)).toEqual({ line: 3, column: 1 });
  });

  it('leave line breaks of both kinds out of the line', () => {
    const source = textOf('ab\r\ncd');
    expect(lineAround(source, 1)).toEqual({ start: 0, end: 2 });
    expect(lineAround(source, 5)).toEqual({ start: 4, end: 6 });
  });

  it('are those that counting line breaks gives', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', 'é') }), fc.nat(), (text, seed) => {
        const offset = seed % (text.length + 1);
        const before = text.slice(0, offset).split('\n');
        expect(positionAt(textOf(text), offset)).toEqual({
          line: before.length,
          column: (before.at(-1) ?? '').length + 1,
        });
      }),
    );
  });
});

import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

import { excerpt } from '../../src/diagnostics/excerpt.js';
import { rangeOf, textOf } from './support.js';

function underlined(text: string, part: string, width = 80): string {
  const source = textOf(text);
  const { text: line, indent, length } = excerpt(rangeOf(source, part), width);
  return `${line}\n${' '.repeat(indent)}${'~'.repeat(length)}`;
}

describe('an excerpt', () => {
  it('underlines the range', () => {
    expect(underlined('a: 1\nlr: fast\n', 'fast')).toBe('lr: fast\n    ~~~~');
  });

  it('counts wide characters as two cells, and joined ones as one character', () => {
    expect(underlined('名前: bad', 'bad')).toBe('名前: bad\n      ~~~');
    expect(underlined('👩‍👩‍👧: bad', 'bad')).toBe('👩‍👩‍👧: bad\n    ~~~');
  });

  it('expands tabs to the next multiple of four', () => {
    expect(underlined('a\tb: bad', 'bad')).toBe('a   b: bad\n       ~~~');
  });

  it('shows what a terminal would obey', () => {
    expect(underlined('a: \u001b[31mred', 'red')).toBe('a: \\u{1b}[31mred\n             ~~~');
  });

  it('underlines the first line of a longer range, and at least one cell', () => {
    expect(underlined('a: [1,\n  2]', '[1,\n  2]')).toBe('a: [1,\n   ~~~');
    const source = textOf('a:');
    expect(excerpt({ source, start: 2, end: 2 }, 80)).toMatchObject({ text: 'a:', indent: 2, length: 1 });
  });

  it('cuts a long line to the part around the range', () => {
    const shown = underlined(`${'x'.repeat(100)} bad ${'y'.repeat(100)}`, 'bad', 30);
    expect(shown).toBe(`…xxxxxxxx bad yyyyyyyyyyyyyyy…\n          ~~~`);
  });

  it('is never wider than it may be, and always shows where the range starts', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '名', '\t', ' ', 'é'), maxLength: 300 }),
        fc.string({ unit: fc.constantFrom('a', '名', '\t', ' ', 'é'), maxLength: 300 }),
        fc.integer({ min: 20, max: 100 }),
        (before, after, width) => {
          const source = textOf(`${before}!${after}`);
          const { text, indent } = excerpt(rangeOf(source, '!'), width);
          expect(stringWidth(text)).toBeLessThanOrEqual(width);
          expect(stringWidth(text.slice(0, text.indexOf('!')))).toBe(indent);
        },
      ),
    );
  });

  it('takes no longer on a line of a megabyte', () => {
    const source = textOf(`${'x'.repeat(500_000)}!${'x'.repeat(500_000)}`);
    const start = performance.now();
    expect(excerpt(rangeOf(source, '!'), 80).text).toContain('!');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

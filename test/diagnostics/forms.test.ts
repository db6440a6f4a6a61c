import { describe, expect, it } from 'vitest';

import { githubAnnotations } from '../../src/diagnostics/github-form.js';
import { inOrder } from '../../src/diagnostics/in-order.js';
import { diagnosticsJson } from '../../src/diagnostics/json-form.js';
import { colourPalette } from '../../src/diagnostics/palette.js';
import { error, warning } from '../../src/diagnostics/problem.js';
import { countDiagnostics, renderDiagnostics } from '../../src/diagnostics/render.js';
import { rangeOf, textOf } from './support.js';

const source = textOf('lr: fast\nlr: 2\n');
const fast = error('wrong-type', {
  at: rangeOf(source, 'fast'),
  message: '`lr` must be a number, 50% sure',
  help: 'write 5e-4',
});
const twice = warning('name-case', {
  at: { source, start: 9, end: 11 },
  message: '`lr` is written twice',
  notes: [{ message: 'first written here', range: { source, start: 0, end: 2 } }],
});

describe('diagnostics as text', () => {
  it('show place, line, squiggle, notes and help, and count at the end', () => {
    expect(renderDiagnostics([twice, fast])).toBe(
      [
        'a.yaml:1:5: error: `lr` must be a number, 50% sure [wrong-type]',
        '   1 | lr: fast',
        '     |     ~~~~',
        '  help: write 5e-4',
        '',
        'a.yaml:2:1: warning: `lr` is written twice [name-case]',
        '   2 | lr: 2',
        '     | ~~',
        '  a.yaml:1:1: note: first written here',
        '   1 | lr: fast',
        '     | ~~',
        '',
        '1 error, 1 warning',
        '',
      ].join('\n'),
    );
  });

  it('are empty where there is nothing to tell', () => {
    expect(renderDiagnostics([])).toBe('');
    expect(countDiagnostics([])).toBe('no problems');
  });

  it('are not all shown where nobody would read them, errors before warnings', () => {
    const many = Array.from({ length: 250 }, (_, index) => ({ ...twice, message: `warning ${index}` }));
    const text = renderDiagnostics([...many, { ...fast, range: rangeOf(source, '2') }]);
    expect(text.match(/^a\.yaml:.*: warning: /gm)).toHaveLength(199);
    expect(text).toContain('must be a number');
    expect(text).toMatch(/\n1 error, 250 warnings, of which 51 are not shown\n$/);
    expect(diagnosticsJson(many)).toHaveLength(250);
  });

  it('name the first of many other places', () => {
    const notes = Array.from({ length: 30 }, () => ({ message: 'here, too', range: rangeOf(source, '2') }));
    const text = renderDiagnostics([{ ...twice, notes }]);
    expect(text.match(/here, too/g)).toHaveLength(20);
    expect(text).toContain('  note: and 10 more places\n');
  });

  it('differ in colour only by escape sequences', () => {
    const coloured = renderDiagnostics([fast], { palette: colourPalette });
    // eslint-disable-next-line no-control-regex -- control characters are what it is about
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderDiagnostics([fast]));
    expect(coloured).toContain('\u001b[31m');
  });

  it('say what has no place', () => {
    const missing = {
      code: 'pipeline-unreadable',
      severity: 'error',
      message: 'no a.yaml',
      notes: [],
    } as const;
    expect(renderDiagnostics([missing])).toBe('error: no a.yaml [pipeline-unreadable]\n\n1 error\n');
  });
});

describe('diagnostics in order', () => {
  it('stand as in the files, each once', () => {
    const other = textOf('x', 'b.yaml');
    const later = error('wrong-type', { at: rangeOf(other, 'x'), message: 'm' });
    expect(inOrder([later, twice, fast, fast])).toEqual([later, fast, twice]);
  });
});

describe('diagnostics as JSON', () => {
  it('count lines and columns from 1, the end exclusive', () => {
    expect(diagnosticsJson([twice, fast])).toEqual([
      {
        code: 'wrong-type',
        severity: 'error',
        message: '`lr` must be a number, 50% sure',
        file: 'a.yaml',
        line: 1,
        column: 5,
        endLine: 1,
        endColumn: 9,
        notes: [],
        help: 'write 5e-4',
      },
      {
        code: 'name-case',
        severity: 'warning',
        message: '`lr` is written twice',
        file: 'a.yaml',
        line: 2,
        column: 1,
        endLine: 2,
        endColumn: 3,
        notes: [
          { message: 'first written here', file: 'a.yaml', line: 1, column: 1, endLine: 1, endColumn: 3 },
        ],
      },
    ]);
  });
});

describe('diagnostics for GitHub', () => {
  it('spell out what a terminal would obey', () => {
    const obeyed = { ...textOf('x: 1'), name: '<argument -S \u001b[31mx>' };
    const problem = warning('unused', { at: rangeOf(obeyed, 'x'), message: 'm\u0007', help: 'h\u202e' });
    expect(githubAnnotations([problem])).toBe(
      '::warning file=<argument -S \\u{1b}[31mx>,line=1,col=1,endLine=1,endColumn=2,title=unused::m\\u{7}%0Ahelp: h\\u{202e}\n',
    );
  });

  it('say that there are more than GitHub shows', () => {
    const text = textOf('abcdefghijk');
    const problems = Array.from('abcdefghijk', (letter) => {
      const at = rangeOf(text, letter);
      return error('wrong-type', { at, message: letter });
    });
    const few = githubAnnotations(problems.slice(0, 10)).trimEnd().split('\n');
    expect(few).toHaveLength(10);
    expect(few.filter((line) => line.startsWith('::notice'))).toEqual([]);
    const unused = warning('unused', { at: rangeOf(text, 'a'), message: 'm' });
    const many = githubAnnotations([...problems, unused])
      .trimEnd()
      .split('\n');
    expect(many).toHaveLength(11 + 1 + 1);
    expect(many.at(-1)).toBe(
      '::notice title=not all are shown::11 errors and 1 warning: GitHub shows 10 of each, and the log of this step all',
    );
  });

  it('are one escaped command a line', () => {
    expect(githubAnnotations([fast])).toBe(
      '::error file=a.yaml,line=1,col=5,endLine=1,endColumn=9,title=wrong-type::' +
        '`lr` must be a number, 50%25 sure%0Ahelp: write 5e-4\n',
    );
    const odd = textOf('x', 'a,b:c.yaml');
    expect(githubAnnotations([warning('unused', { at: rangeOf(odd, 'x'), message: 'm' })])).toContain(
      'file=a%2Cb%3Ac.yaml,',
    );
  });
});

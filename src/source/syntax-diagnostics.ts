import { isCollection, isScalar, visit, type Document, type YAMLError } from 'yaml';

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { lineAround } from '../diagnostics/position.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange, SourceText } from '../diagnostics/range.js';
import { deepest } from './limits.js';

/** Errors that the parser makes nothing worse of: it reads on as if they were not there. */
const local: ReadonlySet<YAMLError['code']> = new Set([
  'TAB_AS_INDENT',
  'BAD_SCALAR_START',
  'BAD_DQ_ESCAPE',
  'BAD_ALIAS',
  'MULTIPLE_DOCS',
]);

/**
 * What is wrong with a text that is not YAML, in the words of somebody who writes pipelines. The parser goes on
 * after an error as well as it can, but once it has lost the structure it stumbles over what is sound: of errors
 * in the structure only the first is told, and none where a tab has caused them.
 */
export function syntaxDiagnostics(source: SourceText, document: Document): readonly Diagnostic[] {
  const conflict = mergeConflict(source);
  if (conflict) return [conflict];
  const certain = document.errors.filter(({ code }) => local.has(code));
  const structural = document.errors.find(({ code }) => !local.has(code));
  const hasTab = certain.some(({ code }) => code === 'TAB_AS_INDENT');
  const told = structural && !hasTab ? [...certain, structural] : certain;
  return told.map((problem) => describe(source, document, problem));
}

interface SyntaxFault {
  readonly source: SourceText;
  readonly document: Document;
  readonly problem: YAMLError;
  readonly at: SourceRange;
}

function describe(source: SourceText, document: Document, problem: YAMLError): Diagnostic {
  const fault = { source, document, problem, at: rangeOf(source, problem.pos) };
  return (descriptions[problem.code] ?? plainly)(fault);
}

const descriptions: Partial<Record<YAMLError['code'], (fault: SyntaxFault) => Diagnostic>> = {
  TAB_AS_INDENT: ({ at }) =>
    error('yaml-indentation', {
      at,
      message: 'a tab indents this line',
      help: 'indent with spaces: two for each level',
    }),
  BLOCK_AS_IMPLICIT_KEY: besideColon,
  MULTILINE_IMPLICIT_KEY: besideColon,
  BAD_INDENT: (fault) => unclosedBracket(fault) ?? unevenIndentation(fault),
  MISSING_CHAR: missingCharacter,
  UNEXPECTED_TOKEN: unexpected,
  BAD_SCALAR_START: ({ source, at }) =>
    error('yaml-syntax', {
      at,
      message: `text without quotes cannot start with ${source.text.slice(at.start, at.end)}`,
      help: 'put the whole value in single quotes',
    }),
  BAD_DQ_ESCAPE: ({ source, at }) =>
    error('yaml-syntax', {
      at: { ...at, end: at.end + 1 },
      message: `${quoted(source.text.slice(at.start, at.end + 1))} is not an escape that double quotes know`,
      help: 'use single quotes, in which a backslash is a backslash',
    }),
  BAD_ALIAS: ({ at }) =>
    error('yaml-alias', {
      at,
      message: 'an anchor or alias needs a name',
      help: 'write it as &name or *name',
    }),
  MULTIPLE_DOCS: ({ at }) =>
    error('yaml-documents', {
      at: { ...at, end: at.start + 3 },
      message: 'a second document starts here, and a pipeline file is one document',
      help: 'move it into a file of its own',
    }),
  RESOURCE_EXHAUSTION: ({ at }) =>
    error('too-deep', {
      at,
      message: 'maps and lists are nested too deeply to be read',
      help: `keep the nesting below ${deepest} levels`,
    }),
};

/** The parser took text before a colon for a key that it cannot be. */
function besideColon({ source, at }: SyntaxFault): Diagnostic {
  const line = lineAround(source, at.start);
  const written = source.text.slice(at.start, line.end);
  const unspaced = /^[\w.-]+:(?=[^\s:/])/.exec(written);
  if (unspaced) return spaceMissing({ ...at, end: at.start + unspaced[0].length });
  if (/^[^:]*:\s/.test(written)) {
    return error('yaml-syntax', {
      at: { ...at, end: line.end },
      message: 'this value has a second `: ` in it',
      help: 'put the whole value in single quotes if it is text; start a new line if it is a map',
    });
  }
  const nextLine = nextWritten(source, line.end);
  if (!nextLine) return missingColon({ ...at, end: line.end });
  return error('yaml-indentation', {
    at: nextLine,
    message: 'this line is indented deeper than the lines that it belongs with',
    notes: [{ message: 'this key has its value already', range: trimmed({ ...at, end: line.end }) }],
    help: 'give keys of one map the same indentation; a key that holds a map has no value on its own line',
  });
}

function missingCharacter(fault: SyntaxFault): Diagnostic {
  const { source, document, at, problem } = fault;
  if (problem.message.startsWith('Missing closing')) {
    const opening = openQuote(source, document) ?? at;
    return error('yaml-unclosed', {
      at: opening,
      message: `this quote is never closed`,
      help: `close it with ${source.text.slice(opening.start, opening.end)} where the text ends`,
    });
  }
  if (problem.message.includes('map keys')) {
    const written = source.text.slice(at.start, lineAround(source, at.start).end);
    const unspaced = /^[\w.-]+:(?=\S)/.exec(written);
    if (unspaced) return spaceMissing({ ...at, end: at.start + unspaced[0].length });
    const line = lineAround(source, at.start);
    return missingColon(trimmed({ ...at, end: line.end }));
  }
  return unclosedBracket(fault) ?? plainly(fault);
}

function unexpected(fault: SyntaxFault): Diagnostic {
  const { source, at, problem } = fault;
  const written = source.text.slice(at.start, at.end);
  if (/^[\]}]/.test(written)) {
    return error('yaml-unclosed', {
      at,
      message: `this ${quoted(written)} closes a bracket that was never opened`,
      help: 'remove it, or open the bracket where the list or map starts',
    });
  }
  if (written.startsWith('{') && source.text[at.start - 1] === '$') {
    const expression = /^\{[^}]*\}?/.exec(source.text.slice(at.start))?.[0] ?? '';
    return error('yaml-syntax', {
      at: { ...at, start: at.start - 1, end: at.start + expression.length },
      message: 'inside { } or [ ], an expression needs quotes',
      help: `write '$${expression}'`,
    });
  }
  if (problem.message.includes('Unexpected ,')) {
    return error('yaml-syntax', {
      at,
      message: 'a value is missing before this comma',
      help: 'remove the comma, or write the value',
    });
  }
  if (problem.message.includes('at node end')) {
    return error('yaml-syntax', {
      at: trimmed({ ...at, end: lineAround(source, at.start).end }),
      message: 'nothing can follow the value that ends here',
      help: "put all of the text in one pair of quotes; inside single quotes ' is written ''",
    });
  }
  return plainly(fault);
}

function spaceMissing(at: SourceRange): Diagnostic {
  return error('yaml-syntax', {
    at,
    message: 'a space is missing after the colon',
    help: 'write `key: value`',
  });
}

function missingColon(at: SourceRange): Diagnostic {
  return error('yaml-syntax', {
    at,
    message: 'this line has no colon, and so no key',
    help: 'write `key: value`',
  });
}

function unevenIndentation({ source, at }: SyntaxFault): Diagnostic {
  return error('yaml-indentation', {
    at: nextWritten(source, at.start) ?? at,
    message: 'this line is indented like no line above it',
    help: 'give keys of one map, and items of one list, the same indentation',
  });
}

function plainly({ at, problem }: SyntaxFault): Diagnostic {
  const message = problem.message.charAt(0).toLowerCase() + problem.message.slice(1);
  return error('yaml-syntax', { at, message: `this is not YAML: ${message}` });
}

/** The bracket that is still open where the parser gave up. */
function unclosedBracket({ source, document, at }: SyntaxFault): Diagnostic | undefined {
  let opening: SourceRange | undefined;
  visit(document, {
    Collection: (_key, node) => {
      const [start, end] = node.range ?? [0, 0];
      const closed = /[\]}]/.test(
        source.text
          .slice(start + 1, end)
          .trimEnd()
          .slice(-1),
      );
      if (isCollection(node) && node.flow === true && start < at.start && !closed) {
        opening = { source, start, end: start + 1 };
      }
    },
  });
  if (!opening) return undefined;
  const bracket = source.text.slice(opening.start, opening.end);
  return error('yaml-unclosed', {
    at: opening,
    message: `this ${quoted(bracket)} is never closed`,
    help: `close it with ${quoted(bracket === '[' ? ']' : '}')}`,
  });
}

function openQuote(source: SourceText, document: Document): SourceRange | undefined {
  let opening: SourceRange | undefined;
  const look = (node: unknown): void => {
    if (!isScalar(node) || !node.range) return;
    if (node.type !== 'QUOTE_DOUBLE' && node.type !== 'QUOTE_SINGLE') return;
    opening = { source, start: node.range[0], end: node.range[0] + 1 };
  };
  // The text runs to the end of the file, so the last quoted scalar is the open one.
  visit(document, { Scalar: (_key, node) => look(node) });
  return opening;
}

function mergeConflict(source: SourceText): Diagnostic | undefined {
  const marker = /^(?:<{7} .*|={7}|>{7} .*)$/m.exec(source.text);
  if (!marker) return undefined;
  return error('yaml-syntax', {
    at: { source, start: marker.index, end: marker.index + marker[0].trimEnd().length },
    message: 'the file holds an unresolved merge conflict',
    help: 'keep one side, and delete the lines that start with <<<<<<<, ======= and >>>>>>>',
  });
}

/** The first written line at or after an offset, without its indentation. */
function nextWritten(source: SourceText, offset: number): SourceRange | undefined {
  const match = /[^\s#][^\n]*/.exec(source.text.slice(offset));
  if (!match) return undefined;
  const start = offset + match.index;
  return trimmed({ source, start, end: start + match[0].length });
}

function rangeOf(source: SourceText, [start, end]: readonly [number, number]): SourceRange {
  const from = Math.min(start, source.text.length);
  return { source, start: from, end: Math.min(Math.max(end, from), source.text.length) };
}

function trimmed(range: SourceRange): SourceRange {
  const written = range.source.text.slice(range.start, range.end);
  return { ...range, end: range.start + written.trimEnd().length };
}

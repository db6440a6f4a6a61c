import { nearest } from '../base/suggest.js';
import { isDiagnosticCode, isWarningCode, warningCodes, type WarningCode } from '../diagnostics/codes.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { lineAround } from '../diagnostics/position.js';
import { quoted, quotedList } from '../diagnostics/printable.js';
import { warning } from '../diagnostics/problem.js';
import type { SourceRange, SourceText } from '../diagnostics/range.js';
import { commentsOf } from '../source/comments.js';
import type { PositionedMap } from '../source/document.js';
import { extentFrom } from '../source/extent.js';

/** One code of a `# wassermill-ignore` comment. */
interface Ignore {
  readonly code: WarningCode;
  /** Where the comment names it. */
  readonly named: SourceRange;
  /** Warnings that start here are not told. */
  readonly extent: SourceRange;
}

export interface IgnoringFiles {
  /** The files that the problems lie in, each as it was parsed, that which extends the others first. */
  readonly roots: readonly PositionedMap[];
  /** Whether every warning of the first file is among the problems, so that what silences none can be told. */
  readonly isComplete: boolean;
}

const marker = 'wassermill-ignore';

/**
 * The problems without the warnings that comments silence, and with what is wrong with those comments. In a file that
 * others extend, a comment may silence what only another of them brings about: there, an unused one is not told.
 */
export function applyIgnores(
  problems: readonly Diagnostic[],
  { roots, isComplete }: IgnoringFiles,
): readonly Diagnostic[] {
  const faults: Diagnostic[] = [];
  const ignores = roots.flatMap((root) => ignoresIn(root, faults));
  const used = new Set<Ignore>();
  const told = problems.filter((problem) => {
    const silencing = ignores.filter((ignore) => silences(ignore, problem));
    for (const ignore of silencing) used.add(ignore);
    return silencing.length === 0;
  });
  const [first] = roots;
  const unused = ignores.filter(
    (ignore) => isComplete && ignore.named.source === first?.range.source && !used.has(ignore),
  );
  return [...told, ...faults, ...unused.map(silencesNothing)];
}

function silences({ code, extent }: Ignore, problem: Diagnostic): boolean {
  const { range } = problem;
  return (
    problem.severity === 'warning' &&
    problem.code === code &&
    range?.source === extent.source &&
    range.start >= extent.start &&
    range.start <= extent.end
  );
}

function ignoresIn(root: PositionedMap, faults: Diagnostic[]): readonly Ignore[] {
  const { source } = root.range;
  // Most files have none, and need not be read a second time.
  if (!source.text.includes(marker)) return [];
  const extents = new Extents(root);
  return commentsOf(source).flatMap((comment) => {
    const text = source.text.slice(comment.start, comment.end);
    const [intro] = new RegExp(`^#\\s*${marker}(?![\\w-])`).exec(text) ?? [];
    if (intro === undefined) return [];
    const extent = extents.of(comment);
    const words = [...text.slice(intro.length).matchAll(/[^\s,]+/g)];
    if (words.length === 0) faults.push(namesNothing(comment));
    return words.flatMap(({ 0: word, index }) => {
      const start = comment.start + intro.length + index;
      const named = { source, start, end: start + word.length };
      if (isWarningCode(word)) return [{ code: word, named, extent }];
      faults.push(notIgnorable(word, named));
      return [];
    });
  });
}

class Extents {
  private readonly root: PositionedMap;
  private readonly known = new Map<number, SourceRange>();

  constructor(root: PositionedMap) {
    this.root = root;
  }

  /** At the end of a line, a comment holds for that line; on a line of its own, for what begins on the next one. */
  of(comment: SourceRange): SourceRange {
    const { source } = comment;
    const line = lineAround(source, comment.start);
    const before = source.text.slice(line.start, comment.start);
    if (before.trim() !== '') return { source, start: line.start, end: comment.start };
    const next = nextWrittenLine(source, line.end);
    if (!next) return { source, start: comment.end, end: comment.end };
    const extent = this.known.get(next.start) ?? extentFrom(this.root, next);
    this.known.set(next.start, extent);
    return extent;
  }
}

/** The first line below an offset that is neither blank nor a comment. */
function nextWrittenLine(source: SourceText, offset: number): SourceRange | undefined {
  const written = /\n[^\S\n]*[^\s#]/g;
  written.lastIndex = offset;
  const match = written.exec(source.text);
  return match ? { source, ...lineAround(source, match.index + 1) } : undefined;
}

function notIgnorable(word: string, at: SourceRange): Diagnostic {
  if (isDiagnosticCode(word)) {
    return warning('ignore-unknown', {
      at,
      message: `${quoted(word)} is an error, and only warnings can be ignored`,
      help: 'remove it here, and mend what it tells of',
    });
  }
  const meant = nearest(word, warningCodes);
  return warning('ignore-unknown', {
    at,
    message: `no warning has the code ${quoted(word)}`,
    help:
      meant === undefined
        ? `warnings are ${quotedList(warningCodes, 'and')}; a reason stands in a comment of its own`
        : `did you mean ${quoted(meant)}?`,
  });
}

function namesNothing(at: SourceRange): Diagnostic {
  return warning('ignore-unknown', {
    at,
    message: 'this comment does not say which warnings to ignore',
    help: `name their codes, as in \`# ${marker} momentum-with-clip\``,
  });
}

function silencesNothing({ code, named }: Ignore): Diagnostic {
  return warning('ignore-unused', {
    at: named,
    message: `there is no warning ${quoted(code)} here to be ignored`,
    help: 'remove it, or put it above what the warning points at',
  });
}

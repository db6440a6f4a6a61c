import { required } from '../base/invariant.js';
import { nearest } from '../base/suggest.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted, quotedList } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedNode } from '../source/document.js';
import { entryOf } from '../source/entries.js';
import { deepest } from '../source/limits.js';

/** A path into a document as somebody wrote it, such as `stages.train.clip`. */
export interface DocumentPath {
  readonly steps: readonly PathStep[];
  readonly range: SourceRange;
}

export interface PathStep {
  readonly step: string | number;
  readonly range: SourceRange;
}

const wholePath = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d{1,9}\])*$/;
const onePart = /[A-Za-z_][\w-]*|\d+(?=\])/g;

/** The path that stands at this range. Undefined where the text is no path, or leads deeper than documents go. */
export function parsePath(text: string, range: SourceRange): DocumentPath | undefined {
  if (!wholePath.test(text)) return undefined;
  const isVerbatim = range.source.text.slice(range.start, range.start + text.length) === text;
  const steps = Array.from(text.matchAll(onePart), ({ 0: part, index }): PathStep => {
    const start = range.start + index;
    return {
      step: /^\d/.test(part) ? Number(part) : part,
      // Inside quotes or behind an anchor the parts have no place of their own.
      range: isVerbatim ? { source: range.source, start, end: start + part.length } : range,
    };
  });
  return steps.length > deepest ? undefined : { steps, range };
}

/** As in `stages.train.hidden[0]`. */
export function pathText(path: readonly (string | number)[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

export function stepsOf(path: DocumentPath): readonly (string | number)[] {
  return path.steps.map(({ step }) => step);
}

export function childOf(node: PositionedNode | undefined, step: string | number): PositionedNode | undefined {
  if (typeof step === 'string') return entryOf(node, step)?.value;
  return node?.kind === 'list' ? node.items[step] : undefined;
}

/**
 * That nothing is at a step of a path, with what probably was meant.
 * @param container What the steps before lead to.
 * @param known What else may stand there, beside what does.
 */
export function unknownStep(
  path: DocumentPath,
  index: number,
  container: PositionedNode | undefined,
  known: readonly string[] = [],
): Diagnostic {
  const before = stepsOf(path).slice(0, index);
  const { step, range } = required(path.steps[index], 'the unknown step');
  const keys = container?.kind === 'map' ? container.entries.map(({ key }) => key) : [];
  const names = [...new Set([...keys, ...known])];
  const meant = typeof step === 'string' ? nearest(step, names) : undefined;
  const place = before.length === 0 ? 'the pipeline' : quoted(pathText(before));
  return error('unknown-path', {
    at: range,
    message: `there is no ${quoted(pathText([...before, step]))}`,
    help:
      meant !== undefined
        ? `did you mean ${quoted(pathText([...before, meant]))}?`
        : container?.kind === 'list'
          ? `${place} has ${container.items.length} items, counted from [0]`
          : container?.kind === 'scalar'
            ? `${place} is one value, without parts`
            : names.length === 0
              ? `${place} has nothing in it`
              : `${place} has ${quotedList(names, 'and')}`,
  });
}

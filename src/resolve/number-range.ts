import { formatCount } from '../base/format.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange, SourceText } from '../diagnostics/range.js';
import type { PositionedScalar } from '../source/document.js';
import { mostVariants } from '../source/limits.js';

/** Whether a range of numbers is written at this place; quotes make it a text. */
export function isNumberRange(text: string, start: number): boolean {
  return /^\s*range\(/.test(text.slice(start, start + 1000));
}

/**
 * The numbers of `range(start,end)` or `range(start,end,step)`, the end exclusive. The step is 1 unless given, and
 * negative steps count down. Numbers have as many decimals as those that are written: 0.3, and not 0.30000000000000004.
 */
export function numbersIn(
  source: SourceText,
  start: number,
  end: number,
): Result<readonly PositionedScalar[], Diagnostic> {
  const range = trimmed({ source, start, end });
  const text = source.text.slice(range.start, range.end);
  if (!text.endsWith(')')) return err(illFormed(range, 'this range is not closed'));
  const opening = 'range('.length;
  const parts = partsOf({ source, start: range.start + opening, end: range.end - 1 });
  const wrong = parts.find((part) => numberAt(part) === undefined);
  if (wrong) return err(illFormed(wrong, notANumber(wrong)));
  const [from, to, step = 1] = parts.flatMap((part) => numberAt(part) ?? []);
  if (from === undefined || to === undefined || parts.length > 3) {
    return err(illFormed(range, `a range has two or three numbers, and this one has ${parts.length}`));
  }
  if (step === 0) return err(illFormed(parts[2] ?? range, 'a range with a step of 0 never ends'));
  // Where rounding makes a whole number of steps a little more, the end would come in.
  const count = Math.max(0, Math.ceil((to - from) / step - 1e-9));
  if (count === 0)
    return err(illFormed(range, `there is no number from ${from} to below ${to} in this range`));
  if (count > mostVariants) return err(tooMany(range, count));
  const decimals = Math.max(...parts.map(decimalsOf));
  const rounded = (value: number): number => (decimals > 100 ? value : Number(value.toFixed(decimals)));
  const values = Array.from({ length: count }, (_, index) => rounded(from + index * step));
  return ok(values.map((value) => ({ kind: 'scalar', range, value })));
}

/** The parts between the commas. */
function partsOf({ source, start, end }: SourceRange): readonly SourceRange[] {
  const parts: SourceRange[] = [];
  let at = start;
  for (const part of source.text.slice(start, end).split(',')) {
    parts.push(trimmed({ source, start: at, end: at + part.length }));
    at += part.length + 1;
  }
  return parts;
}

function numberAt({ source, start, end }: SourceRange): number | undefined {
  const text = source.text.slice(start, end);
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function decimalsOf({ source, start, end }: SourceRange): number {
  const [mantissa = '', exponent = '0'] = source.text.slice(start, end).toLowerCase().split('e');
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent));
}

function notANumber({ source, start, end }: SourceRange): string {
  const text = source.text.slice(start, end);
  return text === '' ? 'a number is missing in this range' : `${quoted(text)} is not a number`;
}

function illFormed(at: SourceRange, message: string): Diagnostic {
  return error('range-syntax', {
    at,
    message,
    help: 'write `range(0,5)` for 0 to 4, or `range(0,1,0.25)` with a step; put a text in quotes',
  });
}

function tooMany(at: SourceRange, count: number): Diagnostic {
  return error('variant-count', {
    at,
    message: `this range has ${formatCount(count)} numbers, and a file stands for at most ${formatCount(mostVariants)} pipelines`,
    help: 'take a larger step',
  });
}

function trimmed({ source, start, end }: SourceRange): SourceRange {
  const text = source.text.slice(start, end);
  const from = start + text.length - text.trimStart().length;
  return { source, start: from, end: Math.max(from, start + text.trimEnd().length) };
}

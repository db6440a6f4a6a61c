import type { Estimate } from '../base/estimate.js';
import type { Finding } from '../execute/judged.js';
import { html, type Html } from './html.js';

/** What the width of a drawing stands for: the same for those that stand below each other. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** In CSS pixels; the points of the ends stay within. */
const [width, height, margin] = [168, 18, 7];

/** A scale with room for all of these that are finite; undefined where none is. */
export function scaleOf(values: readonly number[]): Scale | undefined {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return undefined;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  // Equal values stand in the middle.
  const room = high > low ? (high - low) / 20 : Math.abs(low) / 2 || 1;
  return { low: low - room, high: high + room };
}

/** The finite numbers of an estimate that a drawing has to have room for. */
export function extentOf({ value, spread }: Estimate): readonly number[] {
  return spread.kind === 'interval' ? [value, spread.low, spread.high] : [value];
}

export interface IntervalDrawing {
  readonly estimate: Estimate;
  readonly scale: Scale;
  /** What a reader who cannot see the drawing is told. */
  readonly description: string;
  /** Where it may lie. */
  readonly bounds?: Finding['bounds'];
  /** Where there is no difference. */
  readonly even?: number;
  readonly tone?: 'good' | 'bad' | 'unsure' | 'neutral';
}

/** An estimate as a point on its interval, against what it is held against; undefined for an infinite one. */
export function drawInterval(drawing: IntervalDrawing): Html | undefined {
  const { estimate, scale, description, bounds, even, tone } = drawing;
  const { value, spread } = estimate;
  if (!Number.isFinite(value)) return undefined;
  const middle = height / 2;
  const x = (at: number) => placed(at, scale);
  const line = (name: string, from: number, to: number) =>
    html`<line class="${name}" x1="${from}" x2="${to}" y1="${middle}" y2="${middle}" />`;
  const mark = (name: string, at: number | undefined) =>
    at !== undefined && html`<line class="${name}" x1="${x(at)}" x2="${x(at)}" y1="1" y2="${height - 1}" />`;
  return html`<svg
    class="interval ${tone}"
    width="${width}"
    height="${height}"
    role="img"
    aria-label="${description}"
  >
    ${line('ground', 0, width)} ${bounds && held(bounds, x)} ${mark('even', even)}
    ${mark('bound', bounds?.min)} ${mark('bound', bounds?.max)}
    ${spread.kind === 'interval' && line('span', x(spread.low), x(spread.high))}
    ${spread.kind === 'unbounded' && line('span open', 0, width)}
    <circle class="at" cx="${x(value)}" cy="${middle}" r="4.5" />
  </svg>`;
}

function held({ min, max }: Finding['bounds'], x: (at: number) => number): Html {
  const from = min === undefined ? 0 : x(min);
  const to = max === undefined ? width : x(max);
  return html`<rect
    class="held"
    x="${from}"
    width="${Math.max(0, to - from)}"
    y="1"
    height="${height - 2}"
  />`;
}

/** Infinite ends are the drawing's own. */
function placed(at: number, { low, high }: Scale): number {
  const share = Math.min(1, Math.max(0, (at - low) / (high - low)));
  return Math.round(10 * (margin + share * (width - 2 * margin))) / 10;
}

import stringWidth from 'string-width';

import { formatDuration, formatPercent } from '../../base/format.js';
import type { Look } from './look.js';
import { padEnd, padStart, truncate } from './text.js';

/** Something that is under way, as a line with a bar. */
export interface WorkLine {
  readonly name: string;
  /** Cells that the names of neighbouring lines take, so that the bars stand in one column. */
  readonly nameWidth: number;
  /** In [0, 1]; undefined where the amount of work is not known. */
  readonly share: number | undefined;
  /** `38 generator steps/s`, and what stands for it where the line is too narrow: `38/s`. */
  readonly rate: string | undefined;
  readonly shortRate: string | undefined;
  readonly secondsLeft: number | undefined;
  /** `estimate 0.183`. */
  readonly tail: string | undefined;
}

const widestBar = 24;
const narrowestBar = 8;
const shortestName = 8;
const gap = 2;

/**
 * The line in at most `width` cells. Where that is tight, things go in this order: the bar shrinks, the rate
 * loses its unit, the name is cut, the tail goes, the rate goes, the time left goes.
 */
export function drawWorkLine(line: WorkLine, width: number, time: number, look: Look): string {
  const { symbols, colour } = look;
  const spinner = symbols.spinner[Math.floor(time / 100) % symbols.spinner.length] ?? symbols.spinner[0];
  const percent = line.share === undefined ? undefined : padStart(formatPercent(line.share), 4);
  const left = line.secondsLeft === undefined ? undefined : `${formatDuration(line.secondsLeft)} left`;
  const barWidth = line.share === undefined ? 0 : narrowestBar + gap;
  const uncut = line.nameWidth;
  const cut = Math.min(uncut, shortestName);

  const choices: readonly { readonly name: number; readonly parts: readonly (string | undefined)[] }[] = [
    { name: uncut, parts: [percent, line.rate, left, line.tail] },
    { name: uncut, parts: [percent, line.shortRate, left, line.tail] },
    { name: cut, parts: [percent, line.shortRate, left, line.tail] },
    { name: cut, parts: [percent, line.shortRate, left] },
    { name: cut, parts: [percent, left] },
    { name: cut, parts: [percent] },
  ];
  const sized = choices.map(({ name, parts }) => {
    const texts = parts.filter((part) => part !== undefined);
    const taken = texts.reduce((sum, text) => sum + gap + stringWidth(text), 2);
    return { name, texts, room: width - taken };
  });
  const chosen = sized.find(({ name, room }) => room >= name + barWidth) ?? {
    texts: [],
    room: Math.max(0, width - 2),
  };

  // The name takes what the narrowest bar leaves, and the bar what the name leaves.
  const hasBar = barWidth > 0 && chosen.texts.length > 0;
  const nameWidth = Math.min(uncut, chosen.room - (hasBar ? barWidth : 0));
  const bar =
    hasBar && line.share !== undefined
      ? [drawBar(line.share, Math.min(widestBar, chosen.room - nameWidth - gap), look)]
      : [];
  const name = padEnd(truncate(line.name, nameWidth, symbols.ellipsis), nameWidth);
  return [`${colour.cyan(spinner)} ${name}`, ...bar, ...chosen.texts].join(' '.repeat(gap)).trimEnd();
}

function drawBar(share: number, width: number, { symbols, colour }: Look): string {
  const full = Math.floor(Math.min(1, Math.max(0, share)) * width);
  return colour.cyan(symbols.full.repeat(full)) + colour.dim(symbols.empty.repeat(width - full));
}

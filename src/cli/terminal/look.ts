import { Ansis } from 'ansis';

import type { Surroundings } from '../surroundings.js';
import { hasColour } from '../terminal-features.js';

/** What a stream can show: letters beyond ASCII, and colours. */
export interface Look {
  readonly symbols: Symbols;
  readonly colour: Ansis;
  /** The text as the terminal can show it. */
  readonly spell: (text: string) => string;
}

export interface Symbols {
  readonly done: string;
  readonly cached: string;
  readonly failed: string;
  readonly skipped: string;
  /** Of a verdict that is none. */
  readonly undecided: string;
  /** Of what is under way. */
  readonly running: string;
  readonly warning: string;
  readonly ellipsis: string;
  readonly arrow: string;
  readonly plusMinus: string;
  /** Before what something is made from. */
  readonly from: string;
  readonly full: string;
  readonly empty: string;
  readonly spinner: readonly [string, ...string[]];
}

const unicode: Symbols = {
  done: '✓',
  cached: '•',
  failed: '✗',
  skipped: '–',
  undecided: '?',
  running: '▸',
  warning: '!',
  ellipsis: '…',
  arrow: '→',
  plusMinus: '±',
  from: '←',
  full: '━',
  empty: '─',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ascii: Symbols = {
  done: '+',
  cached: '=',
  failed: 'x',
  skipped: '-',
  undecided: '?',
  running: '>',
  warning: '!',
  ellipsis: '~',
  arrow: '->',
  plusMinus: '+-',
  from: '<-',
  full: '#',
  empty: '.',
  spinner: ['|', '/', '-', '\\'],
};

export function lookOf(stream: NodeJS.WriteStream, environment: Surroundings['environment']): Look {
  return makeLook({ unicode: isUtf8(environment), colour: hasColour(stream, environment) });
}

/** Whether a stream can redraw lines. A dumb terminal cannot, and a log of redrawn lines is unreadable. */
export function isLive(stream: NodeJS.WriteStream, environment: Surroundings['environment']): boolean {
  return stream.isTTY && environment['TERM'] !== 'dumb' && (environment['CI'] ?? '') === '';
}

export function makeLook(shows: { readonly unicode: boolean; readonly colour: boolean }): Look {
  return {
    symbols: shows.unicode ? unicode : ascii,
    colour: new Ansis(shows.colour ? 1 : 0),
    spell: shows.unicode ? (text) => text : spellInAscii,
  };
}

/** The first of the three that is set decides, as in POSIX. */
function isUtf8(environment: Surroundings['environment']): boolean {
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return /utf-?8/i.test(locale ?? '');
}

function spellInAscii(text: string): string {
  return (
    text
      .replace(/[‘’]/g, "'")
      .replace(/[“”]/g, '"')
      .replace(/[–—−]/g, '-')
      .replaceAll('…', '...')
      // eslint-disable-next-line no-control-regex -- control characters are what it is about
      .replace(/[^\u0000-\u007f]/gu, '?')
  );
}

import { expect, it } from 'vitest';

import { isLive, lookOf, makeLook } from '../../../src/cli/terminal/look.js';
import { screen } from './support.js';

const terminal = screen({ terminal: true }).stream;
const pipe = screen({ terminal: false }).stream;

it.each([
  [{ LANG: 'C.UTF-8' }, '✓'],
  [{ LANG: 'de_DE.utf8' }, '✓'],
  [{ LC_ALL: 'C', LANG: 'C.UTF-8' }, '+'],
  [{ LC_ALL: '', LC_CTYPE: 'en_GB.UTF-8', LANG: 'C' }, '✓'],
  [{}, '+'],
])('takes letters beyond ASCII where the locale %j has them', (environment, done) => {
  expect(lookOf(terminal, environment).symbols.done).toBe(done);
});

it('colours terminals only, and not where NO_COLOR asks for none', () => {
  expect(lookOf(terminal, {}).colour.red('x')).toBe('\u001b[31mx\u001b[39m');
  expect(lookOf(terminal, { NO_COLOR: '1' }).colour.red('x')).toBe('x');
  expect(lookOf(terminal, { NO_COLOR: '' }).colour.red('x')).not.toBe('x');
  expect(lookOf(pipe, {}).colour.red('x')).toBe('x');
});

it('spells everything in ASCII where it must', () => {
  const { spell } = makeLook({ unicode: false, colour: false });
  expect(spell('kernel’s “log” – 5…\u001b[2m é')).toBe('kernel\'s "log" - 5...\u001b[2m ?');
});

it('redraws on terminals that can, not in a log', () => {
  expect(isLive(terminal, { TERM: 'xterm' })).toBe(true);
  expect(isLive(terminal, { TERM: 'dumb' })).toBe(false);
  expect(isLive(terminal, { CI: 'true' })).toBe(false);
  expect(isLive(pipe, {})).toBe(false);
});

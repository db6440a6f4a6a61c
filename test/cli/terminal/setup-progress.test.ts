import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { makeLook } from '../../../src/cli/terminal/look.js';
import { liveSetup, plainSetup } from '../../../src/cli/terminal/setup-progress.js';
import type { SetupProgress } from '../../../src/native/progress.js';
import { startTime } from '../../report/support.js';
import { clock, screen } from './support.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const look = makeLook({ unicode: true, colour: false });
const total = 280e6;
/** What a set-up of 21 seconds reports: 14 MB a second, 20 times a second. */
const setup: readonly SetupProgress[] = [
  ...Array.from(
    { length: 401 },
    (_, i) => ({ phase: 'download', received: (i * total) / 400, total }) as const,
  ),
  { phase: 'verify' },
  { phase: 'extract', done: 0, total: 9e8 },
  { phase: 'extract', done: 9e8, total: 9e8 },
  { phase: 'compile' },
  { phase: 'done', seconds: 21 },
];

function run(make: typeof liveSetup, terminal: boolean) {
  const { stream, written, lines } = screen({ terminal });
  const { now, pass } = clock(startTime);
  const display = make(stream, look, now);
  for (const progress of setup) {
    display.report(progress);
    pass(50);
    vi.advanceTimersByTime(50);
  }
  display.close();
  return { written: written(), lines: lines() };
}

it('draws a bar with rate and time left on a terminal, and leaves one line', () => {
  const { lines } = run(liveSetup, true);
  expect(lines.find((line) => line.includes('50%'))).toMatch(
    /^. TensorFlow: downloading {2}━+─+ {3}50% {2}14\.0 MB\/s {2}9\.9 s left {2}of 280\.0 MB$/,
  );
  expect(lines.some((line) => line.includes('TensorFlow: compiling the add-on'))).toBe(true);
  expect(lines.filter((line) => line !== '').at(-1)).toBe('✓ TensorFlow is set up, in 21 s');
});

it('is a few lines in a log', () => {
  const { lines, written } = run(plainSetup, false);
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  expect(written).not.toMatch(/[\r\u001b]/);
  expect(lines).toEqual([
    'TensorFlow: downloading (280.0 MB)',
    ...[10, 20, 30, 40, 50, 60, 70, 80, 90].map(
      (percent) => `TensorFlow: downloading ${percent}% (${(2.8 * percent).toFixed(1)} MB of 280.0 MB)`,
    ),
    'TensorFlow: checking the digest',
    'TensorFlow: unpacking (900.0 MB)',
    'TensorFlow: compiling the add-on',
    'TensorFlow is set up, in 21 s',
    '',
  ]);
});

it('says for whom it waits', () => {
  const { stream, lines } = screen({ terminal: false });
  const display = plainSetup(stream, look, () => startTime);
  display.report({ phase: 'waiting', owner: 'process 4711', lock: '/cache/lock' });
  display.report({ phase: 'waiting', owner: 'process 4711', lock: '/cache/lock' });
  expect(lines()).toEqual(['TensorFlow: waiting for process 4711, which sets it up already', '']);
});

import { expect, it } from 'vitest';

import { makeLook } from '../../../src/cli/terminal/look.js';
import { createPlainDisplay } from '../../../src/cli/terminal/plain.js';
import { recordOf } from '../../../src/execute/record.js';
import { ringEvents, startTime, type RingRun } from '../../report/support.js';
import { clock, screen } from './support.js';

function log(options: RingRun, stepMilliseconds: number): readonly string[] {
  const { stream, written, lines } = screen({ terminal: false });
  const { now, pass } = clock(startTime);
  const look = makeLook({ unicode: true, colour: false });
  const display = createPlainDisplay({ stream, look, now, renderProblem: () => undefined }, () => undefined);
  const events = ringEvents(options);
  for (const event of events) {
    if (event.type === 'stage_reported' && event.event.type === 'progress') pass(stepMilliseconds);
    display.show(event);
  }
  display.finish({ record: recordOf(events), lines: ['report: runs/report.html'], warnings: [] });
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  expect(written()).not.toMatch(/[\r\u001b]/);
  return lines();
}

it('is a log: starts, tenths, ends, summary', () => {
  expect(log({ cached: true }, 26)).toEqual([
    'eight-gaussians: 4 stages, run 20261123T183501Z-3f9a',
    '• dataset:ring  cached',
    'train: started',
    ...[10, 20, 30, 40, 50, 60, 70, 80, 90].map((percent): unknown =>
      expect.stringMatching(
        new RegExp(
          `^train: ${percent}% \\(.* of 1,200 generator steps\\), 38 generator steps/s, \\d.* left, wasserstein_estimate \\d`,
        ),
      ),
    ),
    '✓ train         31 s         wasserstein_estimate 0.07800',
    'quality: started',
    '✓ quality       4.9 s        swd 0.09415  modes 8  modes.high_quality_share 0.9530',
    'picture: started',
    '✓ picture       0.8 s',
    '',
    'Succeeded in 1 min 13 s: 4 stages, 1 from the cache',
    '',
    '                                    untrained  trained',
    '  quality.swd                           1.338  0.09415  better',
    '  quality.modes                             1        8  better',
    '  quality.modes.high_quality_share    0.04000   0.9530  better',
    '  train.wasserstein_estimate                   0.07800  down from 1.564 at step 57',
    '',
    'report: runs/report.html',
    '',
  ]);
});

it('has a line every ten seconds of slow work, and few of quick work', () => {
  const count = (lines: readonly string[]) => lines.filter((line) => /^train: \d+%/.test(line)).length;
  expect(count(log({}, 1000))).toBeGreaterThanOrEqual(1200 / 10 - 1);
  expect(count(log({}, 1))).toBeLessThanOrEqual(1);
});

import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

import { makeLook } from '../../../src/cli/terminal/look.js';
import { drawWorkLine, type WorkLine } from '../../../src/cli/terminal/work-line.js';

const look = makeLook({ unicode: true, colour: false });
const line: WorkLine = {
  name: 'train',
  nameWidth: 5,
  share: 0.623,
  rate: '38 generator steps/s',
  shortRate: '38/s',
  secondsLeft: 12.2,
  tail: 'estimate 0.183',
};
const draw = (width: number, change: Partial<WorkLine> = {}) =>
  drawWorkLine({ ...line, ...change }, width, 0, look);
const long = { name: 'train_with_a_very_long_name', nameWidth: 27 } as const;

describe('a line of work', () => {
  it('gives up what matters least as room gets scarce', () => {
    expect([
      draw(120),
      draw(79),
      draw(79, long),
      draw(60, long),
      draw(40, long),
      draw(32, long),
      draw(26, long),
      draw(20, long),
    ]).toEqual([
      '⠋ train  ━━━━━━━━━━━━━━──────────   62%  38 generator steps/s  12 s left  estimate 0.183',
      '⠋ train  ━━━━━━━━━──────   62%  38 generator steps/s  12 s left  estimate 0.183',
      '⠋ train_with_a_very_long_name  ━━━━━────   62%  38/s  12 s left  estimate 0.183',
      '⠋ train_wi…  ━━━━────   62%  38/s  12 s left  estimate 0.183',
      '⠋ train_with…  ━━━━────   62%  12 s left',
      '⠋ train_with_a_…  ━━━━────   62%',
      '⠋ train_w…  ━━━━────   62%',
      '⠋ train_with_a_very…',
    ]);
  });

  it('has no bar where the amount of work is not known', () => {
    const unknown = { share: undefined, rate: undefined, shortRate: undefined, secondsLeft: undefined };
    expect(draw(79, unknown)).toBe('⠋ train  estimate 0.183');
  });

  it('turns its wheel with time', () => {
    expect([0, 100, 900, 1000].map((time) => drawWorkLine(line, 79, time, look).charAt(0))).toEqual([
      '⠋',
      '⠙',
      '⠏',
      '⠋',
    ]);
  });

  it('fits whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 20, max: 200 }),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
        fc.option(fc.string({ maxLength: 40 }), { nil: undefined }),
        (name, width, share, tail) => {
          const printable = name.replace(/\p{C}/gu, '');
          const drawn = draw(width, { name: printable, nameWidth: stringWidth(printable), share, tail });
          expect(stringWidth(drawn)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

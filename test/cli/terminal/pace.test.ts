import { expect, it } from 'vitest';

import { advancePace, rateOf, secondsLeft, startPace, type Pace } from '../../../src/cli/terminal/pace.js';

/** `count` reports of `amount` each, one every `period` milliseconds. */
function work(pace: Pace, count: number, amount: number, period: number): Pace {
  let current = pace;
  for (let index = 0; index < count; index++) {
    current = advancePace(current, current.done + amount, current.time + period);
  }
  return current;
}

it('says nothing before the second report', () => {
  expect(rateOf(startPace(3, 0))).toBeUndefined();
  expect(secondsLeft(startPace(3, 0), 100)).toBeUndefined();
});

it('is exact for steady work, from the start and whatever the rhythm of the reports', () => {
  expect(rateOf(work(startPace(0, 0), 1, 4, 100))).toBeCloseTo(40);
  expect(rateOf(work(startPace(0, 0), 500, 1, 25))).toBeCloseTo(40);
  expect(rateOf(work(startPace(0, 0), 3, 400, 10_000))).toBeCloseTo(40);
});

it('does not count what came before the first report', () => {
  expect(rateOf(work(startPace(1, 9_000), 10, 1, 100))).toBeCloseTo(10);
});

it('follows a change: after twenty seconds at a new rate the old one counts for under 15%', () => {
  const slower = work(work(startPace(0, 0), 600, 1, 100), 40, 1, 500);
  // Weights of e^(-20/10) for the old rate of 10 and the rest for the new one of 2.
  const old = Math.exp(-20 / 10);
  expect(rateOf(slower)).toBeCloseTo(10 * old + 2 * (1 - old), 1);
});

it('takes reports at one instant together', () => {
  let pace = startPace(0, 0);
  for (let second = 1; second <= 100; second++) {
    pace = advancePace(pace, pace.done + 5, second * 1000);
    pace = advancePace(pace, pace.done + 5, second * 1000);
  }
  expect(rateOf(pace)).toBeCloseTo(10);
});

it('starts afresh when work goes backwards', () => {
  const again = advancePace(work(startPace(0, 0), 10, 1, 100), 0, 2000);
  expect(rateOf(again)).toBeUndefined();
});

it('gives the time left', () => {
  expect(secondsLeft(work(startPace(0, 0), 100, 1, 100), 400)).toBeCloseTo(300 / 10);
});

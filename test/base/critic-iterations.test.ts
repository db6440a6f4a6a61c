import { describe, expect, test } from 'vitest';

import {
  criticIterationsIn,
  criticStepsBefore,
  criticStepsOf,
  type CriticSchedule,
  generatorStepsFor,
} from '../../src/base/critic-iterations.js';
import { budgetIn, generatorSteps } from '../../src/base/budget.js';

/** Of the reference code: `Diters = 100 if gen_iterations < 25 or gen_iterations % 500 == 0 else 5`. */
const reference: CriticSchedule = {
  type: 'schedule',
  count: 5,
  boost: 100,
  first: { generator_steps: 25 },
  every: { generator_steps: 500 },
};
const schedules: readonly CriticSchedule[] = [
  reference,
  { ...reference, first: { generator_steps: 0 }, every: { generator_steps: 3 } },
  { type: 'schedule', count: 2, boost: 7, first: { generator_steps: 4 } },
  { ...reference, first: { generator_steps: 7 }, every: { generator_steps: 2 } },
];

test('the reference code’s schedule', () => {
  const at = (step: number) => criticStepsBefore(reference, step);
  expect([0, 24, 25, 499, 500, 501, 1000].map(at)).toEqual([100, 100, 5, 5, 100, 5, 100]);
});

describe.each(schedules)('%j', (schedule) => {
  test('its sums are those of its steps, and its inverse is the first step with as many', () => {
    let sum = 0;
    for (let step = 0; step < 40; step += 1) {
      expect(criticStepsOf(schedule, step)).toBe(sum);
      const next = sum + criticStepsBefore(schedule, step);
      for (const target of [sum + 0.5, sum + 1, next])
        expect(generatorStepsFor(schedule, target)).toBe(step + 1);
      sum = next;
    }
  });
});

test('budgets of a schedule, and of a critic that decides itself', () => {
  const terms = { batchSize: 10, samples: 100 };
  const scheduled = { ...terms, criticIterations: reference };
  expect(generatorSteps({ critic_steps: 2501 }, scheduled)).toBe(26);
  expect(budgetIn('images', { generator_steps: 26 }, scheduled)).toBe(2505 * 10);
  const open = { ...terms, criticIterations: { type: 'adaptive', min: 1, max: 5, threshold: 0.1 } as const };
  expect(generatorSteps({ generator_steps: 7 }, open)).toBe(7);
  expect(generatorSteps({ critic_steps: 7 }, open)).toBeUndefined();
  expect(budgetIn('epochs', { generator_steps: 7 }, open)).toBeUndefined();
});

test('a number beyond all whole ones has an answer, too', () => {
  for (const huge of [1e300, Infinity]) expect(generatorStepsFor(reference, huge)).toBe(huge / 5);
});

test('as it was written, without the defaults', () => {
  expect(criticIterationsIn({ type: 'constant', count: 5 })).toEqual({ type: 'constant', count: 5 });
  expect(criticIterationsIn({ type: 'schedule', count: 5, every: { generator_steps: 500 } })).toEqual(
    reference,
  );
  expect(criticIterationsIn({ type: 'adaptive' })?.type).toBe('adaptive');
  for (const other of [undefined, null, 5, {}, { type: 'constant' }, { type: 'schedule', boost: 3 }]) {
    expect(criticIterationsIn(other)).toBeUndefined();
  }
});

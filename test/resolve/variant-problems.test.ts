import { describe, expect, it } from 'vitest';

import { error, warning } from '../../src/diagnostics/problem.js';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.js';
import type { Axes } from '../../src/resolve/axes.js';
import { VariantProblems } from '../../src/resolve/variant-problems.js';
import { sourceOf } from './support.js';

const at = { source: sourceOf('x'), start: 0, end: 1 };
const grid = ['a', 'b'].flatMap((arm) => [0, 1].map((seed): Axes => ({ arm, only: 1, seed })));

/** The notes of a problem that these variants of the grid have. */
function notesOf(has: (axes: Axes) => boolean, problem: () => Diagnostic): readonly string[] | undefined {
  const problems = new VariantProblems();
  for (const axes of grid) problems.add(axes, has(axes) ? [problem()] : []);
  expect(problems.told().length).toBeLessThanOrEqual(1);
  return problems.told()[0]?.notes.map(({ message }) => message);
}

const wrong = () => error('wrong-type', { at, message: 'wrong' });

describe('a problem of variants', () => {
  it.each([
    ['all of them', () => true, []],
    ['those of one arm', ({ arm }: Axes) => arm === 'b', ['with arm=b']],
    ['one', ({ arm, seed }: Axes) => arm === 'b' && seed === 1, ['with arm=b,seed=1']],
    [
      'some of them',
      ({ arm, seed }: Axes) => (arm === 'b') !== (seed === 1),
      ['in 2 of 4 variants, such as arm=a,seed=1'],
    ],
  ])('says that %s have it', (_who, has, notes) => {
    expect(notesOf(has, wrong)).toEqual(notes);
  });

  it('is unused only where all of them leave it so', () => {
    const unused = () => warning('unused', { at, message: 'never used' });
    expect(notesOf(() => true, unused)).toEqual([]);
    expect(notesOf(({ arm }) => arm === 'a', unused)).toBeUndefined();
  });
});

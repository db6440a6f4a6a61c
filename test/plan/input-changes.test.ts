import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { inputChanges, type ReadInput } from '../../src/plan/input-changes.js';
import type { StageId, StageKey } from '../../src/plan/types.js';

function input(role: string, stage: string, content: string, axes: ReadInput['axes'] = {}): ReadInput {
  return { role, stage: stage as StageId, key: digestBytes(content) as StageKey, axes };
}

const cell = (seed: number, content = `content ${seed}`): ReadInput =>
  input('of', `quality@seed=${seed}`, content, { seed });

describe('changes of what a stage reads', () => {
  it('are told cell by cell where a role has many inputs', () => {
    const before = [cell(0), cell(1), cell(2)];
    const after = [cell(0), cell(1, 'other'), cell(3)];
    expect(inputChanges(before, after)).toEqual([
      { change: 'changed', before: cell(1), after: cell(1, 'other') },
      { change: 'other', before: cell(2), after: cell(3) },
    ]);
  });

  it('have one more, or one less', () => {
    expect(inputChanges([cell(0)], [cell(0), cell(1)])).toEqual([{ change: 'added', after: cell(1) }]);
    expect(inputChanges([cell(0), cell(1)], [cell(1)])).toEqual([{ change: 'removed', before: cell(0) }]);
  });

  it('are none where only names differ', () => {
    expect(inputChanges([input('model', 'train', 'x')], [input('model', 'wgan', 'x')])).toEqual([]);
  });

  it('account for every input once', () => {
    const some = fc.array(
      fc
        .record({ role: fc.constantFrom('a', 'b'), seed: fc.nat(3), content: fc.nat(3) })
        .map(({ role, seed, content }) => input(role, `s@seed=${seed}`, String(content), { seed })),
    );
    fc.assert(
      fc.property(some, some, (before, after) => {
        const changes = inputChanges(before, after);
        const used = changes.flatMap((change) => ('before' in change ? [change.before] : []));
        const now = changes.flatMap((change) => ('after' in change ? [change.after] : []));
        expect(new Set(used).size).toBe(used.length);
        // What is not told of is equal on both sides.
        const rest = (all: readonly ReadInput[], told: readonly ReadInput[]) =>
          all
            .filter((each) => !told.includes(each))
            .map(({ role, key }) => `${role} ${key}`)
            .sort();
        expect(rest(before, used)).toEqual(rest(after, now));
      }),
    );
  });
});

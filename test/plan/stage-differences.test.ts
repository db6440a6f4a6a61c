import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { stageDifferences, type DeclaredStage } from '../../src/plan/stage-differences.js';
import type { StageId } from '../../src/plan/types.js';

function stage(id: string, value: number, inputs: readonly string[] = [], key?: string): DeclaredStage {
  return {
    id: id as StageId,
    kind: id.split(/[@_]/)[0] ?? id,
    fields: { value },
    inputs: inputs.map((input, index) => ({ role: `input${index}`, stage: input as StageId })),
    ...(key !== undefined && { key }),
  };
}

/** As in `~train`, and `>quality train` for what differs through an input. */
function told(old: readonly DeclaredStage[], now: readonly DeclaredStage[]): readonly string[] {
  const marks = { changed: '~', input: '>', key: '!', new: '+', gone: '-' };
  return stageDifferences(old, now).map(({ stage, change, through }) =>
    [`${marks[change]}${stage}`, ...through].join(' '),
  );
}

const chain = [stage('data', 1), stage('train', 1, ['data']), stage('quality', 1, ['train'])];

describe('stageDifferences', () => {
  it('follows a change downstream, and marks what is touched through an input only', () => {
    const now = [stage('data', 2), stage('train', 1, ['data']), stage('quality', 2, ['train'])];
    expect(told(chain, now)).toEqual(['~data', '>train data', '~quality train']);
  });

  it('tells what is new and gone, and a reference that leads elsewhere as a change', () => {
    const now = [stage('data', 1), stage('train', 1, ['data']), stage('train_b', 2, ['data'])];
    expect(told(chain, [...now, stage('quality', 1, ['train_b'])])).toEqual(['~quality train_b', '+train_b']);
    expect(told(chain, chain.slice(0, 2))).toEqual(['-quality']);
  });

  it('takes names for labels: of stages, of what they read, and of their cells', () => {
    const renamed = [stage('data_b', 1), stage('train_b', 1, ['data_b']), stage('quality', 1, ['train_b'])];
    const old = chain.map(({ kind, ...rest }) => ({ ...rest, kind: kind.charAt(0) }));
    expect(
      told(
        old,
        renamed.map(({ kind, ...rest }) => ({ ...rest, kind: kind.charAt(0) })),
      ),
    ).toEqual([]);
    const cells = [stage('train@seed=0', 1), stage('train@seed=1', 2)];
    expect(told([stage('train', 1)], cells)).toEqual(['+train@seed=1']);
    expect(told([stage('train', 3)], cells)).toEqual(['-train', '+train@seed=0', '+train@seed=1']);
    expect(told([stage('train', 3)], [stage('train@seed=0', 1)])).toEqual(['~train@seed=0']);
  });

  it('tells keys that differ although nothing that is declared does', () => {
    const old = [stage('data', 1, [], 'a'), stage('train', 1, ['data'], 'b')];
    expect(told(old, [stage('data', 1, [], 'a'), stage('train', 1, ['data'], 'c')])).toEqual(['!train']);
    expect(told(old, [stage('data', 1), stage('train', 1, ['data'], 'b')])).toEqual([]);
  });

  it('finds nothing between a plan and itself, and what is new is gone the other way round', () => {
    const stages = fc
      .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'a@x=1', 'a@x=2'), fc.nat(2)), {
        selector: ([id]) => id,
      })
      .map((list) =>
        list.map(([id, value], index) =>
          stage(
            id,
            value,
            list.slice(0, index).map(([input]) => input),
          ),
        ),
      );
    fc.assert(
      fc.property(stages, stages, (a, b) => {
        expect(stageDifferences(a, a)).toEqual([]);
        const count = (from: typeof a, to: typeof a, change: string) =>
          stageDifferences(from, to).filter((difference) => difference.change === change).length;
        expect(count(a, b, 'new')).toBe(count(b, a, 'gone'));
        expect(a.length - count(a, b, 'gone')).toBe(b.length - count(a, b, 'new'));
      }),
    );
  });
});

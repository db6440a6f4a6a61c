import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import type { JsonValue } from '../../src/base/json.js';
import { parseDocument } from '../../src/source/parse-document.js';
import { nodeAt } from '../../src/source/node-at.js';
import { plainValue } from '../../src/source/plain-value.js';
import { expandShorthands } from '../../src/spec/shorthands.js';
import { required } from '../../src/base/invariant.js';
import { sourceOf } from '../resolve/support.js';

function expand(fields: Readonly<Record<string, unknown>>) {
  const parsed = parseDocument(sourceOf(stringify({ stages: { train: { type: 'train', ...fields } } })));
  if (!parsed.ok) throw new Error('not YAML');
  return expandShorthands(parsed.value.root);
}

function expanded(fields: Readonly<Record<string, unknown>>): JsonValue | undefined {
  const { root, problems } = expand(fields);
  expect(problems).toEqual([]);
  const { type: _type, ...stage } = parse(
    JSON.stringify(plainValue(required(nodeAt(root, ['stages', 'train']), 'stage'))),
  ) as Record<string, JsonValue>;
  return stage;
}

describe('shorthands', () => {
  it.each([
    [{ clip: 0.01 }, { lipschitz: { type: 'clip', range: [-0.01, 0.01] } }],
    [{ clip: [-1, 2] }, { lipschitz: { type: 'clip', range: [-1, 2] } }],
    [{ clip: '${vars.c}' }, { lipschitz: { type: 'clip', range: '${vars.c}' } }],
    [{ lipschitz: { type: 'clip', range: 0.5 } }, { lipschitz: { type: 'clip', range: [-0.5, 0.5] } }],
    [{ objective: 'minimax' }, { objective: { type: 'minimax' } }],
    [{ objective: '${vars.o}' }, { objective: '${vars.o}' }],
    [{ critic_iterations: 5 }, { critic_iterations: { type: 'constant', count: 5 } }],
    [{ critic_iterations: '${vars.n}' }, { critic_iterations: '${vars.n}' }],
    [
      { optimizer: { type: 'sgd', lr: 1 } },
      { optimizer: { generator: { type: 'sgd', lr: 1 }, critic: { type: 'sgd', lr: 1 } } },
    ],
    [
      { optimizer: { generator: { type: 'sgd', lr: 1 } } },
      { optimizer: { generator: { type: 'sgd', lr: 1 } } },
    ],
  ])('%j stands for %j', (short, long) => {
    expect(expanded(short)).toEqual(long);
    expect(expanded(long)).toEqual(long);
  });

  it('point to what was written', () => {
    const { root } = expand({ clip: 0.25 });
    const bound = required(nodeAt(root, ['stages', 'train', 'lipschitz', 'range', 0]), 'lower bound');
    expect(bound.range.source.text.slice(bound.range.start, bound.range.end)).toBe('0.25');
  });

  it('are for train stages', () => {
    const parsed = parseDocument(sourceOf('stages: {s: {type: sample, clip: 1}}'));
    expect(parsed.ok && plainValue(expandShorthands(parsed.value.root).root)).toEqual({
      stages: { s: { type: 'sample', clip: 1 } },
    });
  });

  it.each([
    [{ clip: 0.1, lipschitz: { type: 'none' } }, 'lipschitz', 'clip'],
    [{ lipschitz: { type: 'none' }, clip: 0.1 }, 'clip', 'lipschitz'],
    [{ optimizer: { type: 'sgd', lr: 1, critic: { type: 'sgd', lr: 2 } } }, 'critic', 'type'],
  ])('beside the long form are an error at both places: %j', (fields, later, earlier) => {
    const [problem, ...others] = expand(fields).problems;
    const text = problem?.range?.source.text ?? '';
    expect(others).toEqual([]);
    expect(problem?.code).toBe('shorthand-and-long-form');
    expect(text.slice(problem?.range?.start, problem?.range?.end)).toBe(later);
    expect(text.slice(problem?.notes[0]?.range?.start, problem?.notes[0]?.range?.end)).toBe(earlier);
  });
});

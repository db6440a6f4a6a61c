import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { basePipeline, changed, type Tree } from './base-pipeline.js';
import { diagnosticsOf, resolveText, sourceOf } from './support.js';

const base = parse(basePipeline) as Tree;

/** The budgets of the train stage by arm, for arms that change it so. */
function budgetsOf(match: string, arms: Readonly<Record<string, Tree>>, changes: Tree = {}) {
  const train = (fields: Tree): Tree =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [`++stages.train.${key}`, value]));
  const ablation = {
    match,
    arms: Object.fromEntries(Object.entries(arms).map(([name, arm]) => [name, train(arm)])),
  };
  const resolved = resolveText(sourceOf(changed(base, { ablation, ...changes })));
  if (!resolved.ok) throw new Error(renderDiagnostics(resolved.error));
  return Object.fromEntries<unknown>(
    resolved.value.experiments.map(({ axes, spec }) => {
      const stage = spec.stages['train'];
      return [String(axes['arm']), stage?.type === 'train' ? stage.budget : undefined];
    }),
  );
}

it.each([NaN, Infinity])('a budget of %s is told as such', (steps) => {
  const arms = { a: { 'stages.train.budget.generator_steps': steps } };
  const told = diagnosticsOf(changed(base, { ablation: { match: 'images', arms } })).map(({ code }) => code);
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((code) => code !== 'wrong-type' && code !== 'out-of-range')).toEqual([]);
});

describe('matched budgets', () => {
  // The base has 1,200 generator steps of 5 critic steps on batches of 128 of 50,000 samples.
  it.each([
    ['critic_steps', { critic_iterations: 1 }, { critic_steps: 1200 * 5 }],
    ['critic_steps', { batch_size: 64 }, { generator_steps: 1200 }],
    ['generator_steps', { critic_iterations: 1 }, { generator_steps: 1200 }],
    ['generator_steps', { budget: { epochs: 1 } }, { generator_steps: 1200 }],
    ['images', { batch_size: 64 }, { images: 1200 * 5 * 128 }],
    ['images', { batch_size: 64, critic_iterations: 10 }, { generator_steps: 1200 }],
    ['epochs', { desc: 'the same' }, { generator_steps: 1200 }],
    ['epochs', { batch_size: 64 }, { epochs: (1200 * 5) / Math.floor(50000 / 128) }],
  ])('in %s, an arm with %j has %j', (match, arm, budget) => {
    expect(budgetsOf(match, { arm })).toEqual({ base: { generator_steps: 1200 }, arm: budget });
  });

  it('are those of the base in the same cell', () => {
    const changes = {
      matrix: { axes: { n: [1, 5] } },
      stages: { train: { critic_iterations: '${matrix.n}' } },
      ablation: { match: 'critic_steps', arms: { two: { 'stages.train.critic_iterations': 2 } } },
    };
    const resolved = resolveText(sourceOf(changed(base, changes)));
    const budgets = !resolved.ok
      ? []
      : resolved.value.experiments.map(({ spec }) => {
          const stage = spec.stages['train'];
          return stage?.type === 'train' ? stage.budget : undefined;
        });
    const own = { generator_steps: 1200 };
    expect(budgets).toEqual([own, own, { critic_steps: 1200 }, { critic_steps: 6000 }]);
  });

  it('cannot be counted in epochs of a share of the data', () => {
    const digits = { type: 'idx', images: 'i.gz', splits: { train: 0.9, test: 0.1 } };
    const text = changed(base, {
      datasets: { ring: undefined, digits },
      stages: { train: { dataset: 'digits.train' }, quality: { reference: 'digits.test' } },
      ablation: {
        match: 'epochs',
        arms: { small: { 'stages.train.batch_size': 64 }, same: { 'stages.train.desc': 'x' } },
      },
    });
    const told = diagnosticsOf(text).map(({ code, notes }) => [code, notes.at(-1)?.message]);
    expect(told).toEqual([['match-unknown', 'with arm=small']]);
  });

  it('cannot be counted in steps where the clock decides', () => {
    const ablation = {
      match: 'critic_steps',
      arms: { small: { 'stages.train.batch_size': 64 }, same: { 'stages.train.desc': 'x' } },
    };
    const text = changed(base, {
      stages: { train: { budget: { generator_steps: undefined, minutes: 10 } } },
      ablation,
    });
    const told = diagnosticsOf(text).map(({ code, notes }) => [code, notes.at(-1)?.message]);
    expect(told).toEqual([['match-unknown', 'with arm=small']]);
  });

  it('leave mistakes to those who find them', () => {
    const ablation = { match: 'critic_steps', arms: { bad: { 'stages.train.batch_size': 'big' } } };
    expect(diagnosticsOf(changed(base, { ablation })).map(({ code }) => code)).toEqual(['wrong-type']);
  });
});

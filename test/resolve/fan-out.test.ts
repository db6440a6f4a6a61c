import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { axesName } from '../../src/resolve/axes.js';
import type { Experiment } from '../../src/resolve/experiment.js';
import { numbersIn } from '../../src/resolve/number-range.js';
import { resolvePipeline } from '../../src/resolve/resolve.js';
import { parseDocument } from '../../src/source/parse-document.js';
import { basePipeline, changed, type Tree } from './base-pipeline.js';
import { inMemory, sourceOf } from './support.js';

const base = parse(basePipeline) as Tree;

function resolved(changes: Tree, overrides: readonly string[] = []) {
  const document = parseDocument(sourceOf(changed(base, changes)));
  if (!document.ok) throw new Error(renderDiagnostics(document.error));
  return resolvePipeline(document.value, {
    environment: {},
    readSource: inMemory({}),
    overrides: overrides.map((text) => ({ name: '<argument>', path: '/working/<argument>', text })),
  });
}

function variantsOf(changes: Tree, overrides: readonly string[] = []): readonly Experiment[] {
  const result = resolved(changes, overrides);
  if (!result.ok) throw new Error(renderDiagnostics(result.error));
  return result.value.experiments;
}

const namesOf = (changes: Tree, overrides: readonly string[] = []) =>
  variantsOf(changes, overrides).map(({ axes }) => axesName(axes));

/** A matrix whose axes are all used. */
const matrix = (rest: Tree): Tree => ({
  matrix: { axes: { clip: [0.1, 0.2], n: [1, 5] }, ...rest },
  stages: { train: { clip: '${matrix.clip}', critic_iterations: '${matrix.n}' } },
});

describe('seeds', () => {
  it('run the file once each', () => {
    const variants = variantsOf({ seeds: [3, 4], stages: { train: { desc: 'with ${seed}' } } });
    expect(variants.map(({ axes }) => axes)).toEqual([{ seed: 3 }, { seed: 4 }]);
    expect(variants.map(({ spec }) => spec.seed)).toEqual([3, 4]);
    expect(variants.map(({ spec }) => spec.stages['train'])).toMatchObject([
      { seed: 3, desc: 'with 3' },
      { seed: 4, desc: 'with 4' },
    ]);
    expect(variants.map(({ spec }) => spec.datasets['ring']?.seed)).toEqual([0, 0]);
  });

  it('may come from a variable', () => {
    expect(namesOf({ vars: { all: [1, 2] }, seeds: '${vars.all}' })).toEqual(['seed=1', 'seed=2']);
  });
});

describe('a matrix', () => {
  it('is every combination, the last axis changing fastest', () => {
    expect(namesOf(matrix({}))).toEqual(['clip=0.1,n=1', 'clip=0.1,n=5', 'clip=0.2,n=1', 'clip=0.2,n=5']);
    expect(variantsOf(matrix({})).map(({ spec }) => spec.stages['train'])).toMatchObject(
      [
        [0.1, 1],
        [0.1, 5],
        [0.2, 1],
        [0.2, 5],
      ].map(([clip = 0, count]) => ({ lipschitz: { range: [-clip, clip] }, critic_iterations: { count } })),
    );
  });

  it('leaves out what `exclude` matches, and adds what `include` says', () => {
    const rest = {
      exclude: [{ clip: 0.2, n: 5 }, { n: 1 }],
      include: [
        { n: 7, clip: 1 },
        { clip: 0.2, n: 1 },
      ],
    };
    expect(namesOf(matrix(rest))).toEqual(['clip=0.1,n=5', 'clip=1,n=7', 'clip=0.2,n=1']);
  });

  it('lets zipped axes go together', () => {
    expect(namesOf(matrix({ zip: [['clip', 'n']] }))).toEqual(['clip=0.1,n=1', 'clip=0.2,n=5']);
  });

  it('keeps the order of its axes whatever is zipped', () => {
    const changes = matrix({ axes: { clip: [0.1, 0.2], width: [3, 4], n: [1, 5] }, zip: [['n', 'clip']] });
    const names = namesOf({ ...changes, architectures: { critic: { hidden: ['${matrix.width}'] } } });
    expect(names).toEqual([
      'clip=0.1,width=3,n=1',
      'clip=0.1,width=4,n=1',
      'clip=0.2,width=3,n=5',
      'clip=0.2,width=4,n=5',
    ]);
  });

  it('has names for values of any kind', () => {
    const variants = variantsOf({
      matrix: {
        axes: { optimizer: { slow: { type: 'sgd', lr: 0.1 }, fast: { type: 'sgd', lr: 1 } } },
        exclude: [{ optimizer: 'slow' }],
      },
      stages: { train: { optimizer: '${matrix.optimizer}' } },
    });
    expect(variants.map(({ axes }) => axes)).toEqual([{ optimizer: 'fast' }]);
    expect(variants[0]?.spec.stages['train']).toMatchObject({
      optimizer: { critic: { type: 'sgd', lr: 1 } },
    });
  });

  it('chooses names, of which each is used in some variants', () => {
    const result = resolved({
      architectures: { other: { type: 'mlp_generator', z_dim: 2, hidden: [8] } },
      matrix: { axes: { generator: ['generator', 'other'] } },
      stages: { train: { generator: '${matrix.generator}' } },
    });
    expect(result.ok && result.value.warnings).toEqual([]);
  });
});

describe('an ablation', () => {
  const ablation = {
    arms: {
      tight: { 'stages.train.clip': 0.001 },
      gan: {
        'stages.train.objective': 'minimax',
        'stages.train.optimizer': { type: 'adam', lr: 0.1 },
        'stages.train.lipschitz': { type: 'none' },
        '+stages.picture': { type: 'sample', model: 'train', count: 4 },
        'architectures.critic.hidden[0]': 3,
        remove: ['stages.quality'],
      },
    },
  };

  it('is the file as it stands, and once for each arm with its changes', () => {
    const [plain, tight, gan, ...others] = variantsOf({ ablation });
    expect(others).toEqual([]);
    expect([plain, tight, gan].map((variant) => variant?.axes)).toEqual([
      { arm: 'base' },
      { arm: 'tight' },
      { arm: 'gan' },
    ]);
    expect(plain?.spec).toEqual(variantsOf({})[0]?.spec);
    expect(tight?.spec.stages['train']).toEqual({
      ...plain?.spec.stages['train'],
      lipschitz: { type: 'clip', range: [-0.001, 0.001], layers: {}, when: 'after_step' },
    });
    expect(Object.keys(gan?.spec.stages ?? {})).toEqual(['train', 'picture']);
    expect(gan?.spec.architectures['critic']).toMatchObject({ hidden: [3, 64] });
    expect(JSON.stringify(gan?.spec.stages['train'])).not.toMatch(/rho|range/);
  });

  it('comes outermost, with ${arm} and variables that it changes', () => {
    const variants = variantsOf({
      vars: { width: 8 },
      seeds: [0, 1],
      ablation: { arms: { wide: { 'vars.width': 16 } } },
      architectures: { critic: { hidden: ['${vars.width}'] } },
      stages: { train: { desc: 'arm ${arm}' } },
    });
    expect(variants.map(({ axes }) => axesName(axes))).toEqual([
      'arm=base,seed=0',
      'arm=base,seed=1',
      'arm=wide,seed=0',
      'arm=wide,seed=1',
    ]);
    expect(variants.map(({ spec }) => spec.architectures['critic'])).toMatchObject(
      [8, 8, 16, 16].map((width) => ({ hidden: [width] })),
    );
    expect(variants[3]?.spec.stages['train']).toMatchObject({ desc: 'arm wide', seed: 1 });
  });
});

describe('a sweep in an argument', () => {
  it('is an axis named by the end of its path', () => {
    const variants = variantsOf({}, [
      'stages.train.clip=0.1,[-1, 2]'.replace('[-1, 2]', '0.5'),
      'seeds=[0, 1]',
    ]);
    expect(variants.map(({ axes }) => axesName(axes))).toEqual([
      'clip=0.1,seed=0',
      'clip=0.1,seed=1',
      'clip=0.5,seed=0',
      'clip=0.5,seed=1',
    ]);
    expect(variants[2]?.spec.stages['train']).toMatchObject({ lipschitz: { range: [-0.5, 0.5] } });
  });

  it('is told apart from other axes of its name by more of its path', () => {
    const overrides = [
      'architectures.critic.hidden[0]=7,8',
      'architectures.critic.norm=none,batch',
      'architectures.generator.norm=none,batch',
    ];
    const names = namesOf(matrix({}), overrides);
    expect(names).toHaveLength(4 * 8);
    expect(names[1]).toBe('clip=0.1,n=1,hidden[0]=7,norm=none,generator.norm=batch');
  });
});

describe('a range in an argument', () => {
  const numbersOf = (range: string) => namesOf({}, [`stages.train.clip=${range}`]).join(' ');

  it.each([
    ['range(1,5)', 'clip=1 clip=2 clip=3 clip=4'],
    [' range( 1 , 8 , 3 ) ', 'clip=1 clip=4 clip=7'],
    ['range(4,0,-2)', 'clip=4 clip=2'],
    ['range(0.1,0.5,0.1)', 'clip=0.1 clip=0.2 clip=0.3 clip=0.4'],
    ['range(1e-3,4e-3,1e-3)', 'clip=0.001 clip=0.002 clip=0.003'],
    ['0.5,range(1,3),7', 'clip=0.5 clip=1 clip=2 clip=7'],
    ['range(7,8)', ''],
  ])('%s', (range, names) => {
    expect(numbersOf(range)).toBe(names);
  });

  it('has the numbers that Python’s range has', () => {
    const whole = fc.integer({ min: -30, max: 30 });
    fc.assert(
      fc.property(whole, whole, whole, (start, end, step) => {
        const expected = [];
        if (step !== 0) for (let at = start; step > 0 ? at < end : at > end; at += step) expected.push(at);
        const text = `range(${start},${end},${step})`;
        const numbers = numbersIn(sourceOf(text), 0, text.length);
        expect(numbers.ok ? numbers.value.map(({ value }) => value) : []).toEqual(expected);
      }),
    );
  });

  it('in quotes is a text', () => {
    const [variant] = variantsOf({}, ['stages.train.desc="range(0,5)"']);
    expect(variant?.spec.stages['train']?.desc).toBe('range(0,5)');
  });

  it('is one value where it has one number', () => {
    expect(variantsOf({}, ['stages.train.clip=range(7,8)'])[0]?.spec.stages['train']).toMatchObject({
      lipschitz: { range: [-7, 7] },
    });
  });
});

describe('problems of a fan-out', () => {
  it('are told once, with the variants that have them', () => {
    const result = resolved({
      seeds: [0, 1],
      ablation: {
        arms: {
          wide: { 'stages.train.batch_size': 60000 },
          free: { 'stages.train.lipschitz': { type: 'none' } },
        },
      },
      stages: { quality: { model: 'fit' } },
    });
    const told = result.ok ? [] : result.error.map(({ code, notes }) => [code, notes.at(-1)?.message]);
    expect(told).toEqual([
      ['lipschitz-needed', 'with arm=free'],
      ['unknown-reference', undefined],
      ['split-below-batch', 'with arm=wide'],
    ]);
  });

  it('name the axis that brings them', () => {
    const result = resolved(matrix({ axes: { clip: [-0.1, 0.2], n: [0, 5] } }));
    const told = result.ok ? [] : result.error.map(({ message, notes }) => [message, notes.at(-1)?.message]);
    expect(told).toEqual([
      ['`critic_iterations` must be at least 1, but it is 0', 'with n=0'],
      ['the clip value must be more than 0, but it is -0.1', 'with clip=-0.1'],
    ]);
  });

  it('do not hide those of the rest of the file', () => {
    const result = resolved({
      ...matrix({ zip: [['clip', 'm']] }),
      stages: { train: { clip: '${matrix.clip}', critic_iterations: '${matrix.n}', batch_size: 'big' } },
    });
    expect(result.ok ? [] : result.error.map(({ code }) => code).sort()).toEqual([
      'unknown-reference',
      'wrong-type',
    ]);
  });

  it('take no time where every variant has them', () => {
    const started = performance.now();
    const seeds = Array.from({ length: 40_000 }, (_, seed) => seed);
    const result = resolved({ seeds, stages: { train: { batch_size: 'big ${seed}' } } });
    expect(result.ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

it('a thousand variants share what no axis touches', () => {
  const seeds = Array.from({ length: 250 }, (_, seed) => seed);
  const variants = variantsOf({ ...matrix({}), seeds });
  expect(variants).toHaveLength(1000);
  expect(new Set(variants.map(({ spec }) => spec.datasets['ring'])).size).toBe(1);
  expect(new Set(variants.map(({ spec }) => spec.stages['quality'])).size).toBe(250);
  expect(new Set(variants.map(({ spec }) => spec.stages['train'])).size).toBe(1000);
});

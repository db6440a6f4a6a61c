import { describe, expect, it } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { resolvePipeline } from '../../src/resolve/resolve.js';
import { parseDocument } from '../../src/source/parse-document.js';
import type { PipelineSpec } from '../../src/spec/pipeline.js';
import { basePipeline } from './base-pipeline.js';
import { inMemory, sourceOf } from './support.js';

function resolved(overrides: readonly string[], text = basePipeline) {
  const document = parseDocument(sourceOf(text));
  if (!document.ok) throw new Error(renderDiagnostics(document.error));
  return resolvePipeline(document.value, {
    environment: {},
    readSource: inMemory({}),
    overrides: overrides.map((argument) => ({
      name: `<argument -S ${argument}>`,
      path: '/working/<argument>',
      text: argument,
    })),
  });
}

function specOf(overrides: readonly string[], text = basePipeline): PipelineSpec {
  const result = resolved(overrides, text);
  if (!result.ok) throw new Error(renderDiagnostics(result.error));
  return required(result.value.experiments[0], 'experiment').spec;
}

/** What is said about the overrides: the code, what is underlined, and the help. */
function problemsOf(...overrides: readonly string[]) {
  const result = resolved(overrides);
  return (result.ok ? [] : result.error).map(({ code, range, help }) => {
    expect(range?.source.name).toMatch(/^<argument -S /);
    return [code, range?.source.text.slice(range.start, range.end), help];
  });
}

const base = specOf([]);
const trainOf = (...overrides: readonly string[]) => required(specOf(overrides).stages['train'], 'train');

describe('an override', () => {
  it.each([
    ['stages.train.batch_size=32', { batch_size: 32 }],
    ['stages.train.resources.threads=1', { resources: { threads: 1 } }],
    ['stages.train.desc="two words, and a comma"', { desc: 'two words, and a comma' }],
    ['stages.train.desc="5"', { desc: '5' }],
    [
      'stages.train.snapshots.every.generator_steps=10',
      { snapshots: { every: { generator_steps: 10 }, samples: 64 } },
    ],
    [
      '+stages.train.snapshots={every: {generator_steps: 10}}',
      { snapshots: { every: { generator_steps: 10 } } },
    ],
    ['++stages.train.seed=7', { seed: 7 }],
    ['stages.train.budget.critic_steps=60', { budget: { critic_steps: 60 } }],
    ['stages.train.clip=0.5', { lipschitz: { type: 'clip', range: [-0.5, 0.5], when: 'after_step' } }],
    [
      'stages.train.lipschitz.range[0]=-3',
      { lipschitz: { type: 'clip', range: [-3, 0.1], when: 'after_step' } },
    ],
    ['stages.train.critic_iterations=2', { critic_iterations: { type: 'constant', count: 2 } }],
    [
      'stages.train.optimizer={type: sgd, lr: 1}',
      { optimizer: { generator: { type: 'sgd', lr: 1 }, critic: { type: 'sgd', lr: 1 } } },
    ],
  ])('%s assigns what it stands for', (override, expected) => {
    expect(trainOf(override)).toMatchObject(expected);
  });

  it('of a shorthand’s part changes it for both networks, and of a long form for one', () => {
    const rmsprop = { type: 'rmsprop', rho: 0.99, epsilon: 1e-8 };
    expect(trainOf('stages.train.optimizer.lr=2')).toMatchObject({
      optimizer: { generator: { ...rmsprop, lr: 2 }, critic: { ...rmsprop, lr: 2 } },
    });
    expect(trainOf('stages.train.optimizer.critic.lr=2')).toMatchObject({
      optimizer: { generator: { ...rmsprop, lr: 1e-3 }, critic: { ...rmsprop, lr: 2 } },
    });
  });

  it('changes nothing else', () => {
    const spec = specOf(['architectures.critic.hidden[1]=3']);
    const critic = { ...base.architectures['critic'], hidden: [64, 3] };
    expect(spec).toEqual({ ...base, architectures: { ...base.architectures, critic } });
  });

  it('takes out what ~ names', () => {
    expect(Object.keys(specOf(['~stages.quality']).stages)).toEqual(['train']);
    expect(trainOf('~stages.train.clip', 'stages.train.objective=minimax')).toMatchObject({
      lipschitz: { type: 'none' },
    });
    expect(trainOf('++stages.train.seed=1', '~stages.train.seed', 'seed=4')).toMatchObject({ seed: 4 });
  });

  it('comes before ${...}, and after extends', () => {
    const text = basePipeline
      .replace('name: base', 'name: base\nvars: {n: 5, old: words}')
      .replace('critic_iterations: 5', 'critic_iterations: ${vars.n}\n    desc: ${vars.old}');
    expect(specOf(['vars.n=9'], text).stages['train']).toMatchObject({ critic_iterations: { count: 9 } });
    expect(
      specOf(['+vars.new=3', 'stages.train.batch_size=${vars.new}'], text).stages['train'],
    ).toMatchObject({ batch_size: 3 });
  });

  it('with a path counts from the working directory', () => {
    const spec = specOf(['++datasets.ring={type: idx, images: here.gz, splits: {train: 200, test: 10}}']);
    expect(spec.datasets['ring']).toMatchObject({ images: '/working/here.gz' });
  });
});

describe('a mistake in an override is told at its place in the argument', () => {
  it.each([
    ['stages.trian.clip=1', 'unknown-path', 'trian', 'did you mean `stages.train`?'],
    ['stages.train.batchsize=1', 'unknown-path', 'batchsize', 'did you mean `stages.train.batch_size`?'],
    ['stages.train.optimizer.lrr=1', 'unknown-path', 'lrr', 'did you mean `stages.train.optimizer.lr`?'],
    [
      'stages.train.lipschitz.range[2]=1',
      'unknown-path',
      '2',
      '`stages.train.lipschitz.range` has 2 items, counted from [0]',
    ],
    ['stages.quality.metrics.fid.type=x', 'unknown-path', 'fid', '`stages.quality.metrics` has `swd`'],
    [
      'stages.train.batch_size.x=1',
      'unknown-path',
      'x',
      '`stages.train.batch_size` is one value, without parts',
    ],
    ['vars.x=1', 'unknown-path', 'vars', undefined],
    ['~stages.train.snapshots', 'unknown-path', 'snapshots', undefined],
    ['+stages.train.clip=1', 'path-exists', 'stages.train.clip', undefined],
    ['stages.train', 'override-syntax', 'stages.train', undefined],
    ['~stages.quality=1', 'override-syntax', '~stages.quality=1', undefined],
    ['a b=1', 'override-syntax', 'a b=1', undefined],
    ['=1', 'override-syntax', '=1', undefined],
    ['stages.train.batch_size=fast', 'wrong-type', 'fast', undefined],
    ['stages.train.batch_size=', 'null-value', '', undefined],
    ['stages.train.batch_size=[1', 'yaml-unclosed', '[', undefined],
    ['stages.train.dataset=ring.trian', 'unknown-reference', 'ring.trian', undefined],
    ['stages.train.clip=-1', 'clip-range', '-1', undefined],
    ['stages.train.desc=${vars.n}', 'unknown-variable', '${vars.n}', undefined],
    ['seed=range(5)', 'range-syntax', 'range(5)', undefined],
    ['seed=range(1,2,3,4)', 'range-syntax', 'range(1,2,3,4)', undefined],
    ['seed= range(0, five )', 'range-syntax', 'five', undefined],
    ['seed=range(0,,1)', 'range-syntax', '', undefined],
    ['seed=range()', 'range-syntax', '', undefined],
    ['seed=range(0,1e999)', 'range-syntax', '1e999', undefined],
    ['seed=range(0,0x10)', 'range-syntax', '0x10', undefined],
    ['seed=range(0,5', 'range-syntax', 'range(0,5', undefined],
    ['seed=range(0,5) or so', 'range-syntax', 'range(0,5) or so', undefined],
    ['seed=1,range(0,5,0)', 'range-syntax', '0', undefined],
    ['seed=range(5,0)', 'range-syntax', 'range(5,0)', undefined],
    ['seed=range(0,1e9)', 'variant-count', 'range(0,1e9)', 'take a larger step'],
    ['stages.train.batch_size=range(1,2,0.5)', 'wrong-type', 'range(1,2,0.5)', undefined],
  ])('%s', (override, code, culprit, help) => {
    const problems = problemsOf(override);
    expect(problems.map((problem) => problem.slice(0, 2))).toEqual([[code, culprit]]);
    if (help !== undefined) expect(problems[0]?.[2]).toBe(help);
  });

  it('every one of them', () => {
    expect(problemsOf('stages.train.batchsize=1', 'stages.train.clip=x').map(([code]) => code)).toEqual([
      'unknown-path',
      'wrong-type',
    ]);
  });

  it('with the line of the argument', () => {
    const result = resolved(['stages.train.batch_size=0.5']);
    expect(result.ok ? '' : renderDiagnostics(result.error)).toBe(
      [
        '<argument -S stages.train.batch_size=0.5>:1:25: error: `batch_size` must be a whole number, but 0.5 is not whole [wrong-type]',
        '   1 | stages.train.batch_size=0.5',
        '     |                         ~~~',
        '  help: write `batch_size: 64`, for example',
        '',
        '1 error',
        '',
      ].join('\n'),
    );
  });
});

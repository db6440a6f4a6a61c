import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { DiagnosticCode } from '../../../src/diagnostics/codes.js';
import { basePipeline, changed } from '../../resolve/base-pipeline.js';
import { diagnosticsOf } from '../../resolve/support.js';

type Changes = Parameters<typeof changed>[1];

const base = parse(basePipeline) as Changes;

/** Code and underlined text of all that is said about the changed base pipeline. */
function findings(changes: Changes): readonly (readonly [DiagnosticCode, string])[] {
  return diagnosticsOf(changed(base, changes)).map(({ code, range }) => [
    code,
    range ? range.source.text.slice(range.start, range.end) : '',
  ]);
}

const train = (fields: Changes): Changes => ({ stages: { train: fields } });
const quality = (fields: Changes): Changes => ({ stages: { quality: fields } });
const digits = { type: 'idx', images: 'images.gz', splits: { train: 9000, test: 1000 } };
const onDigits = (dataset: Changes, more: Changes = {}): Changes => ({
  datasets: { ring: undefined, mnist: { ...digits, ...dataset } },
  architectures: {
    generator: { type: 'dcgan_generator', z_dim: 64, ngf: 16 },
    critic: { type: 'dcgan_critic', ndf: 16 },
  },
  stages: { train: { dataset: 'mnist.train' }, quality: { reference: 'mnist.test', ...more } },
});

it('the base pipeline has no findings', () => {
  expect(findings({})).toEqual([]);
});

/** For each law, changes that keep it, and changes that break it with what is found then. */
const cases: Partial<
  Record<DiagnosticCode, { keeps: readonly Changes[]; breaks: readonly (readonly [Changes, string])[] }>
> = {
  'unknown-reference': {
    keeps: [train({ dataset: 'ring.test' }), train({ needs: [] })],
    breaks: [
      [train({ dataset: 'rings.train' }), 'rings.train'],
      [train({ dataset: 'ring' }), 'ring'],
      [train({ dataset: 'ring.toString' }), 'ring.toString'],
      [train({ generator: 'g' }), 'g'],
      [train({ critic: 'constructor' }), 'constructor'],
      [quality({ model: 'fit' }), 'fit'],
      [quality({ needs: ['train', 'nobody'] }), 'nobody'],
    ],
  },
  'wrong-reference': {
    keeps: [quality({ needs: ['train'] })],
    breaks: [
      [train({ generator: 'critic' }), 'critic'],
      [train({ critic: 'generator' }), 'generator'],
      [{ stages: { picture: { type: 'sample', model: 'quality', count: 1 } } }, 'quality'],
    ],
  },
  'stage-cycle': {
    keeps: [quality({ needs: ['train'] })],
    breaks: [
      [train({ needs: ['train'] }), 'train'],
      [train({ needs: ['quality'] }), 'quality'],
    ],
  },
  'name-case': {
    keeps: [],
    breaks: [[{ stages: { Quality: { type: 'sample', model: 'train', count: 1 } } }, 'Quality']],
  },
  'lipschitz-needed': {
    keeps: [train({ clip: undefined, objective: 'minimax' })],
    breaks: [
      [train({ clip: undefined }), 'wasserstein'],
      [train({ clip: undefined, lipschitz: { type: 'none' } }), 'wasserstein'],
    ],
  },
  'clip-range': {
    keeps: [
      train({ clip: [-0.1, 0.2] }),
      train({ clip: undefined, lipschitz: { type: 'clip', range: 0.1 } }),
    ],
    breaks: [
      [train({ clip: 0 }), '0'],
      [train({ clip: -0.1 }), '-0.1'],
      [train({ clip: [0.01, 0.1] }), '- 0.01\n      - 0.1'],
    ],
  },
  'clip-without-wasserstein': {
    keeps: [],
    breaks: [
      [train({ objective: 'minimax' }), '0.1'],
      [train({ objective: 'non_saturating' }), '0.1'],
    ],
  },
  'momentum-with-clip': {
    keeps: [
      train({ optimizer: { type: 'adam', lr: 1e-3, beta1: 0 } }),
      train({
        optimizer: {
          type: undefined,
          lr: undefined,
          generator: { type: 'adam', lr: 1 },
          critic: { type: 'sgd', lr: 1 },
        },
      }),
      train({ clip: undefined, objective: 'minimax', optimizer: { type: 'adam', lr: 1e-3, beta1: 0.5 } }),
    ],
    breaks: [
      [train({ optimizer: { type: 'adam', lr: 1e-3, beta1: 0.5 } }), '0.5'],
      // The default of 0.9 is momentum, too.
      [train({ optimizer: { type: 'adam', lr: 1e-3 } }), 'optimizer'],
    ],
  },
  'dcgan-resolution': {
    // 28 is halved once to 14 and once to 7; without `resize` the file decides.
    keeps: [onDigits({ resize: 32 }), onDigits({ resize: 28 }), onDigits({ resize: 8 }), onDigits({})],
    breaks: [
      [onDigits({ resize: 27 }), '27'],
      [onDigits({ resize: 6 }), '6'],
      [{ architectures: { critic: { type: 'dcgan_critic', ndf: 16 } } }, 'critic'],
    ],
  },
  'sample-shape': {
    keeps: [
      {
        datasets: { roll: { type: 'swiss_roll', splits: { test: 10 } } },
        ...quality({ reference: 'roll.test' }),
      },
    ],
    breaks: [
      [{ datasets: { mnist: digits }, ...quality({ reference: 'mnist.test' }) }, 'mnist.test'],
      [
        {
          ...onDigits({ resize: 32 }, { reference: 'colour.test' }),
          datasets: {
            ring: undefined,
            mnist: { ...digits, resize: 32 },
            colour: { type: 'cifar10', files: ['a.bin'], splits: { test: 10 } },
          },
        },
        'colour.test',
      ],
    ],
  },
  'modes-need-mixture': {
    keeps: [quality({ metrics: { modes: { type: 'modes_covered' } } })],
    breaks: [[onDigits({ resize: 32 }, { metrics: { modes: { type: 'modes_covered' } } }), 'modes_covered']],
  },
  'snapshots-needed': {
    keeps: [
      quality({ at: 'end' }),
      {
        stages: {
          train: { snapshots: { every: { generator_steps: 9 } } },
          quality: { at: 'every_snapshot' },
        },
      },
    ],
    breaks: [[quality({ at: 'every_snapshot' }), 'every_snapshot']],
  },
  'grid-modes': {
    keeps: [
      { datasets: { ring: { layout: 'grid', modes: 25 } } },
      { datasets: { ring: { layout: 'grid', modes: 1 } } },
    ],
    breaks: [[{ datasets: { ring: { layout: 'grid', modes: 24 } } }, '24']],
  },
  'split-size': {
    keeps: [
      // 0.7 + 0.2 + 0.1 is a little more than 1 in floating point.
      onDigits({ resize: 32, splits: { train: 0.7, test: 0.2, rest: 0.1 } }),
      onDigits({ resize: 32, splits: { train: 0.5, test: 100 } }),
    ],
    breaks: [
      [{ datasets: { ring: { splits: { train: 0.5 } } } }, '0.5'],
      [{ datasets: { ring: { splits: { train: 1000.5 } } } }, '1000.5'],
      [onDigits({ resize: 32, splits: { train: 0.9, test: 0.2 } }), 'train: 0.9\n      test: 0.2'],
    ],
  },
  'split-below-batch': {
    keeps: [
      { datasets: { ring: { splits: { train: 128 } } } },
      onDigits({ resize: 32, splits: { train: 0.001 } }),
    ],
    breaks: [
      [{ datasets: { ring: { splits: { train: 127 } } } }, '128'],
      [{ datasets: { ring: { splits: { train: 1 } } } }, '128'],
    ],
  },
  unused: {
    keeps: [{ vars: { lr: 1 }, ...train({ optimizer: { lr: '${vars.lr}' } }) }],
    breaks: [
      [{ vars: { lr: 1 } }, 'lr'],
      [{ architectures: { other: { type: 'mlp_critic', hidden: [1] } } }, 'other'],
      [{ datasets: { roll: { type: 'swiss_roll', splits: { test: 10 } } } }, 'roll'],
    ],
  },
};

describe.each(Object.entries(cases))('%s', (code, { keeps, breaks }) => {
  it.each(keeps)('is kept by %j', (changes) => {
    expect(findings(changes).filter(([found]) => found === code)).toEqual([]);
  });

  it.each(breaks.map(([changes, culprit]) => ({ changes, culprit })))(
    'is broken by $changes',
    ({ changes, culprit }) => {
      const found = findings(changes).filter(([other]) => other === code);
      expect(found).toEqual([[code, culprit]]);
    },
  );
});

describe('rules', () => {
  it('see the sound fields of a stage that has a mistake elsewhere', () => {
    expect(findings(train({ batch_size: 'big', clip: undefined }))).toEqual([
      ['lipschitz-needed', 'wasserstein'],
      ['wrong-type', 'big'],
    ]);
  });

  it('do not take the default of a field for what a misspelt key was meant to say', () => {
    expect(findings(train({ clip: undefined, clipp: 0.1 }))).toEqual([['unknown-key', 'clipp']]);
  });

  it('find nothing unused in a file with errors', () => {
    expect(findings(train({ dataset: 'rign.train' }))).toEqual([['unknown-reference', 'rign.train']]);
  });
});

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { DiagnosticCode } from '../../../src/diagnostics/codes.js';
import { basePipeline, changed } from '../../resolve/base-pipeline.js';
import { diagnosticsOf } from '../../resolve/support.js';

export type Changes = Parameters<typeof changed>[1];

const base = parse(basePipeline) as Changes;

/** Code and underlined text of all that is said about the changed base pipeline. */
export function findings(changes: Changes): readonly (readonly [DiagnosticCode, string])[] {
  return diagnosticsOf(changed(base, changes)).map(({ code, range }) => [
    code,
    range ? range.source.text.slice(range.start, range.end) : '',
  ]);
}

export const train = (fields: Changes): Changes => ({ stages: { train: fields } });
export const quality = (fields: Changes): Changes => ({ stages: { quality: fields } });
export const digits = { type: 'idx', images: 'images.gz', splits: { train: 9000, test: 1000 } };
export const onDigits = (dataset: Changes, more: Changes = {}): Changes => ({
  datasets: { ring: undefined, mnist: { ...digits, ...dataset } },
  architectures: {
    generator: { type: 'dcgan_generator', z_dim: 64, ngf: 16 },
    critic: { type: 'dcgan_critic', ndf: 16 },
  },
  stages: { train: { dataset: 'mnist.train' }, quality: { reference: 'mnist.test', ...more } },
});

interface LawCases {
  /** Changes of the base pipeline that keep the law. */
  readonly keeps: readonly Changes[];
  /** Changes that break it, each with the text that is underlined then. */
  readonly breaks: readonly (readonly [Changes, string])[];
}

/** Holds the rule of a code to changes that keep it, and to changes that break it. */
export function testLaw(code: DiagnosticCode, { keeps, breaks }: LawCases): void {
  const found = (changes: Changes) => findings(changes).filter(([other]) => other === code);

  describe(code, () => {
    it.each(keeps)('is kept by %j', (changes) => {
      expect(found(changes)).toEqual([]);
    });

    it.each(breaks.map(([changes, culprit]) => ({ changes, culprit })))(
      'is broken by $changes',
      ({ changes, culprit }) => {
        expect(found(changes)).toEqual([[code, culprit]]);
      },
    );
  });
}

/** A stage that asserts something, and more stages beside it. */
export const gate = (fields: Changes, stages: Changes = {}): Changes => ({
  stages: { ...stages, gate: { type: 'gate', ...fields } },
});

/** A critic that is trained with a gradient penalty. */
export const penalised = (critic: Changes): Changes => ({
  architectures: { critic },
  stages: { train: { clip: undefined, gp_lambda: 10 } },
});

/** Text, its networks, and a metric for it. */
export function onText(more: { readonly architectures?: Changes; readonly metrics?: Changes } = {}): Changes {
  const corpus = {
    type: 'text',
    path: 'corpus.txt',
    tokens: 'character',
    length: 16,
    vocabulary: { max: 64 },
    splits: { train: 0.9, test: 0.1 },
  };
  return {
    datasets: { ring: undefined, corpus },
    architectures: {
      generator: { type: 'resnet1d_generator', z_dim: 8, width: 8, blocks: 1 },
      critic: { type: 'resnet1d_critic', width: 8, blocks: 1 },
      ...more.architectures,
    },
    stages: {
      train: { dataset: 'corpus.train' },
      quality: {
        reference: 'corpus.test',
        metrics: { swd: undefined, js2: { type: 'ngram_js', n: 2 }, ...more.metrics },
      },
    },
  };
}

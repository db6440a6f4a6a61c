import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { resolvePipeline } from '../../src/resolve/resolve.js';
import { parseDocument } from '../../src/source/parse-document.js';
import { inMemory, resolveText, sourceOf } from './support.js';

const shipped = readFileSync(new URL('../../pipelines/mnist-wgan.yaml', import.meta.url), 'utf8');
const text = `${shipped}
  again: {extends: stages.quality, remove: [at, metrics.swd], metrics: {wide: {type: sliced_wasserstein}}}
seeds: [0, 1]
matrix:
  axes: {rate: [1e-4, 2e-4], size: {small: 8, large: 16}}
  zip: [[rate, size]]
  exclude: [{rate: 1e-3}]
ablation:
  arms: {tight: {stages.train.clip: 0.001}, other: {+stages.train.seed: 3, remove: [stages.again]}}
`;
const lines = text.split('\n');

/** What is put into the file: characters that mean something to YAML or to the language, and other lines of it. */
const insertion = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...Array.from('{}[]:,&*!|>\'"%@`#-?\t\n \\$~<.0x\u0000\u001b')),
    maxLength: 6,
  }),
  fc.constantFrom(
    '${',
    '${vars.mnist}',
    '${matrix.rate}',
    '${seed}',
    'extends: stages.train\n',
    'remove: [a]',
    '${env:X}',
    '<<: ',
    'null',
    '.nan',
    '__proto__: 1',
    '- ',
    '*a',
    '&a ',
  ),
  fc.constantFrom(...lines).map((line) => `\n${line}\n`),
);

const mutation = fc.record({ at: fc.nat(text.length), removed: fc.integer({ min: 0, max: 12 }), insertion });

it('a damaged pipeline gives located problems or an experiment, and never a crash', () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const damaged = mutations.reduce(
        (current, { at, removed, insertion: added }) =>
          current.slice(0, at) + added + current.slice(at + removed),
        text,
      );
      const resolved = resolveText(sourceOf(damaged));
      const problems = resolved.ok ? resolved.value.warnings : resolved.error;
      if (!resolved.ok) expect(problems.length).toBeGreaterThan(0);
      for (const { range } of problems) {
        expect(range).toBeDefined();
        expect(range?.start).toBeLessThanOrEqual(range?.end ?? -1);
        expect(range?.end).toBeLessThanOrEqual(damaged.length);
      }
      // eslint-disable-next-line no-control-regex -- control characters are what it is about
      expect(renderDiagnostics(problems)).not.toMatch(/[\u0000-\u0009\u001b]|undefined|Internal/);
    }),
    { numRuns: 500 },
  );
});

it('any argument of -S gives located problems or an experiment', () => {
  const piece = fc.constantFrom(
    ...[
      'stages',
      'train',
      'clip',
      'optimizer',
      'lr',
      'vars',
      'seeds',
      'matrix',
      'axes',
      'quality',
      '__proto__',
    ],
    ...[
      '.',
      '.',
      '.',
      '=',
      '=',
      '[0]',
      '+',
      '~',
      ',',
      '{a: 1}',
      '[1, 2]',
      '0.1',
      '${seed}',
      '"',
      "'",
      ' ',
      '\n',
      '\u001b',
    ],
  );
  const argument = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
  const document = parseDocument(sourceOf(text));
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 3 }), (overrides) => {
      const resolved =
        document.ok &&
        resolvePipeline(document.value, {
          environment: {},
          readSource: inMemory({}),
          overrides: overrides.map((argumentText) => sourceOf(argumentText, '/<argument>')),
        });
      const problems = !resolved ? [] : resolved.ok ? resolved.value.warnings : resolved.error;
      for (const { range } of problems)
        expect(range?.end).toBeLessThanOrEqual(range?.source.text.length ?? -1);
      // eslint-disable-next-line no-control-regex -- control characters are what it is about
      expect(renderDiagnostics(problems)).not.toMatch(/[\u0000-\u0009\u001b]|undefined|Internal/);
    }),
    { numRuns: 500 },
  );
});

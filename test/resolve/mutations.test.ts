import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { resolveText, sourceOf } from './support.js';

const text = readFileSync(new URL('../../pipelines/mnist-wgan.yaml', import.meta.url), 'utf8');
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
      // eslint-disable-next-line no-control-regex
      expect(renderDiagnostics(problems)).not.toMatch(/[\u0000-\u0009\u001b]|undefined|Internal/);
    }),
    { numRuns: 500 },
  );
});

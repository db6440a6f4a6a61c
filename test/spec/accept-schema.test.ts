import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { acceptsSchema } from '../../src/spec/accept-schema.js';
import { pipelineSchema, schemaKeywords } from '../../src/spec/schema.js';
import { plainValue } from '../../src/source/plain-value.js';
import { parseDocument } from '../../src/source/parse-document.js';
import { basePipeline, changed, type Tree } from '../resolve/base-pipeline.js';
import { resolveText, sourceOf } from '../resolve/support.js';

const base = parse(basePipeline) as Tree;
const whole = new Ajv({ discriminator: true, strictTypes: false, keywords: schemaKeywords }).compile(
  pipelineSchema,
);

/** Canonical, and so right; then one value or key in it is another. */
const canonical = (() => {
  const resolved = resolveText(sourceOf(changed(base, {})));
  if (!resolved.ok) throw new Error('the base pipeline is sound');
  return JSON.parse(JSON.stringify(resolved.value.experiments[0]?.spec)) as Tree;
})();

function placesIn(tree: object, path: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const here = [...path, key];
    return [here, ...(typeof value === 'object' && value !== null ? placesIn(value as object, here) : [])];
  });
}

it('is of one mind with a validator of the whole schema', () => {
  let refused = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...placesIn(canonical)),
      fc.oneof(
        fc.constant(undefined),
        fc.constantFrom('wasserstein', 'x', '', 'critic', 'ring.train'),
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant([]),
        fc.constant({}),
        fc.constant({ type: 'clip' }),
      ),
      (place, value) => {
        const tree = structuredClone(canonical) as Record<string, unknown>;
        const holder = place
          .slice(0, -1)
          .reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, tree);
        const last = place.at(-1) ?? '';
        if (value === undefined) Reflect.deleteProperty(holder, last);
        else holder[last] = value;
        const document = parseDocument(sourceOf(JSON.stringify(tree)));
        if (!document.ok) return;
        const { root } = document.value;
        const expected = whole(plainValue(root));
        if (!expected) refused += 1;
        expect(acceptsSchema(root, pipelineSchema)).toBe(expected);
      },
    ),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(50);
});

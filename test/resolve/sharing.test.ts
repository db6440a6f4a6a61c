import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { fanOut } from '../../src/resolve/fan-out.js';
import { VariantResolver } from '../../src/resolve/variant-resolver.js';
import type { PositionedNode } from '../../src/source/document.js';
import { nodeAt } from '../../src/source/node-at.js';
import { parseDocument } from '../../src/source/parse-document.js';
import { plainValue } from '../../src/source/plain-value.js';
import { basePipeline, changed, type Tree } from './base-pipeline.js';
import { sourceOf } from './support.js';

const environment = { DATA: '/data', SEED: '7' };

/** Values that depend on one axis, on several, on none, on each other in a circle, or on what is not there. */
const value = fc.constantFrom(
  5,
  '${seed}',
  '${arm}',
  '${matrix.lr}',
  '${matrix.network}',
  '${matrix.network.clip}',
  '${matrix.absent}',
  '${matrix.lr} at ${vars.first}',
  '${vars.first}',
  '${vars.second}',
  '${vars.third.inner}',
  '${vars.absent}',
  '${env:DATA}/${seed}',
  '${env:SEED}',
  '${env:ABSENT}',
  '${',
);

const arms = { longer: { 'stages.train.batch_size': 256 }, seeded: { 'vars.first': '${seed}' } };
const seedArms = { plain: { seed: 3 }, machine: { seed: '${env:SEED}' }, ...arms };

const file = fc
  .record({
    vars: fc.record({ first: value, second: value, third: fc.record({ inner: value }) }),
    train: fc.record(
      { lr: value, clip: value, desc: value, seed: value, generator: value, critic_iterations: value },
      { requiredKeys: [] },
    ),
    quality: fc.record({ samples: value, seed: value, desc: value }, { requiredKeys: [] }),
    splits: value,
    seed: fc.option(value, { nil: undefined }),
  })
  .map(({ vars, train: { lr, ...train }, quality, splits, seed }) =>
    changed(parse(basePipeline) as Tree, {
      vars,
      datasets: { ring: { splits: { train: splits } } },
      stages: { train: { ...train, ...(lr !== undefined && { optimizer: { lr } }) }, quality },
      matrix: { axes: { lr: [0.1, 0.2], network: { a: { clip: 0.1 }, b: { clip: [-0.2, 0.2] }, c: 7 } } },
      ...(seed === undefined
        ? { seeds: [0, 1], ablation: { arms } }
        : { seed, ablation: { arms: seedArms } }),
    }),
  );

it('a variant is, and has the problems, that it has without others', () => {
  fc.assert(
    fc.property(file, (text) => {
      const document = parseDocument(sourceOf(text));
      if (!document.ok) throw new Error(text);
      const fannedOut = fanOut(document.value.root, [], environment);
      const together = new VariantResolver(environment, fannedOut);
      for (const variant of fannedOut.variants) {
        const resolved = together.resolve(variant, []);
        const alone = new VariantResolver(environment, fannedOut).resolve(variant, []);
        expect(resolved).toEqual(alone);
        expect(plainValue(resolved.root)).toEqual(unsharedValue(alone.root));
      }
    }),
    { numRuns: 60 },
  );
});

function unsharedValue(node: PositionedNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(unsharedValue);
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value: inner }) => [key, unsharedValue(inner)]));
  }
}

it('what depends on one axis is one value whatever the others are', () => {
  const text = changed(parse(basePipeline) as Tree, {
    seeds: [0, 1, 2],
    matrix: { axes: { lr: [0.1, 0.2], modes: [8, 9] } },
    datasets: { ring: { modes: '${matrix.modes}' } },
    stages: { train: { optimizer: { lr: '${matrix.lr}' } } },
  });
  const document = parseDocument(sourceOf(text));
  if (!document.ok) throw new Error(text);
  const fannedOut = fanOut(document.value.root, [], environment);
  const resolver = new VariantResolver(environment, fannedOut);
  const roots = fannedOut.variants.map((variant) => resolver.resolve(variant, []).root);
  const different = (...path: readonly string[]) => new Set(roots.map((root) => nodeAt(root, path))).size;
  expect(roots).toHaveLength(12);
  expect(different('datasets', 'ring')).toBe(2);
  expect(different('stages', 'train', 'optimizer')).toBe(2);
  expect(different('stages', 'train')).toBe(2 * 3);
  expect(different('stages', 'quality')).toBe(3);
});

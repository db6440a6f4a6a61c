import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import type { JsonValue } from '../../src/base/json.js';
import type { PositionedNode } from '../../src/source/document.js';
import { nodeAt } from '../../src/source/node-at.js';
import { parseDocument } from '../../src/source/parse-document.js';
import { plainValue } from '../../src/source/plain-value.js';
import { required } from '../../src/base/invariant.js';
import { textOf } from '../diagnostics/support.js';

function read(text: string): PositionedNode {
  const parsed = parseDocument(textOf(text));
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'));
  return parsed.value.root;
}

const value = (text: string): JsonValue => plainValue(read(text));

function written({ range: { source, start, end } }: PositionedNode): string {
  return source.text.slice(start, end);
}

function codes(text: string): readonly string[] {
  const parsed = parseDocument(textOf(text));
  return parsed.ok ? [] : parsed.error.map(({ code }) => code);
}

describe('a document', () => {
  it('has the types of the YAML 1.2 core schema', () => {
    expect(value('a: 5e-4\nb: no\nc: 0x10\nd: ~\ne: true\nf: 1_000\ng: 1e6')).toEqual({
      a: 0.0005,
      b: 'no',
      c: 16,
      d: null,
      e: true,
      f: '1_000',
      g: 1_000_000,
    });
  });

  it('writes out anchors, aliases and merge keys, what is nearer winning', () => {
    const text = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}\nd: *b\n';
    expect(value(text)).toMatchObject({ c: { x: 1, y: 1, z: 3 }, d: { y: 2, z: 2 } });
  });

  it('takes a key in quotes for what it says', () => {
    expect(value('"<<": {x: 1}')).toEqual({ '<<': { x: 1 } });
    expect(Object.keys(value('__proto__: 1') as object)).toEqual(['__proto__']);
  });

  it('lets an alias name the latest anchor above', () => {
    expect(value('a: &x 1\nb: *x\nc: &x 2\nd: *x')).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  it('knows where values and keys stand', () => {
    const root = read('# first\nstages:\n  train: {lr: 5e-4} # last\n');
    expect(written(required(nodeAt(root, ['stages']), 'stages'))).toBe('train: {lr: 5e-4}');
    expect(written(required(nodeAt(root, ['stages', 'train', 'lr']), 'lr'))).toBe('5e-4');
  });

  it('points to the key where there is no value', () => {
    const root = read('a:\nb: 1');
    expect(written(required(nodeAt(root, ['a']), 'a'))).toBe('a');
  });

  it('reads a file with a byte order mark and with Windows line breaks', () => {
    expect(value('\ufeffa: 1\r\nb: 2\r\n')).toEqual({ a: 1, b: 2 });
  });

  it('reports what it refuses, all of it', () => {
    expect(codes('a: !x 1\na: 2\n3: 4\nb: *c')).toEqual(['yaml-tag', 'yaml-key', 'yaml-alias']);
    expect(codes('a: 1\na: 2\nb: 1\nb: 2')).toEqual(['duplicate-key', 'duplicate-key']);
    expect(codes('a: &a [*a]')).toEqual(['yaml-alias']);
    expect(codes('a: {<<: 1}')).toEqual(['yaml-merge']);
    expect(codes('')).toEqual(['yaml-documents']);
    expect(codes('a: 1\n---\nb: 1')).toEqual(['yaml-documents']);
    expect(codes('[1]')).toEqual(['not-a-pipeline']);
    expect(codes(`a: ${'['.repeat(70)}${']'.repeat(70)}`)).toEqual(['too-deep']);
    expect(codes('['.repeat(5000))).toEqual(['too-deep']);
  });

  it('refuses aliases of aliases before they fill the memory', () => {
    const lines = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (let n = 1; n < 20; n += 1) {
      lines.push(`a${n}: &a${n} [${Array.from({ length: 10 }, () => `*a${n - 1}`).join(', ')}]`);
    }
    expect(codes(lines.join('\n'))).toEqual(['too-large']);
  });

  it('gives back any JSON document that is printed as YAML, and where its scalars stand', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(json, (document) => {
        // Through JSON, as a negative zero and the like do not survive printing.
        const expected = JSON.parse(JSON.stringify(document)) as JsonValue;
        const text = stringify(expected, { lineWidth: 0, blockQuote: false });
        if (Object.keys(document).length === 0) return;
        // As a key it is no key of JSON's but YAML's merge.
        fc.pre(!text.includes('<<'));
        const root = read(text);
        expect(plainValue(root)).toEqual(expected);
        for (const scalar of scalars(root)) {
          expect(parse(written(scalar))).toEqual(plainValue(scalar));
        }
      }),
    );
  });
});

function scalars(node: PositionedNode): readonly PositionedNode[] {
  switch (node.kind) {
    case 'scalar':
      return [node];
    case 'list':
      return node.items.flatMap(scalars);
    case 'map':
      return node.entries.flatMap((entry) => scalars(entry.value));
  }
}

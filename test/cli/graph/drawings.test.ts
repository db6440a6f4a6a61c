import { Graphviz } from '@hpcc-js/wasm-graphviz';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dotOf } from '../../../src/cli/graph/dot.js';
import { mermaidOf } from '../../../src/cli/graph/mermaid.js';
import type { StageGraph } from '../../../src/plan/stage-graph.js';

const graphviz = await Graphviz.load();

/** What Graphviz itself reads in the text. */
function drawn(dot: string) {
  const { objects, edges = [] } = JSON.parse(graphviz.layout(dot, 'dot_json')) as {
    objects: { name: string; label: string }[];
    edges?: { tail: number; head: number; label: string; style?: string }[];
  };
  return { objects, edges };
}

const pair: StageGraph = {
  pipeline: 'digits',
  nodes: [
    { id: 'dataset:mnist', kind: 'dataset', cells: 1, axes: {} },
    { id: 'end', kind: 'train', cells: 4, axes: { clip: [0.1, 1], seed: [0, 1] } },
    { id: 'sample', kind: 'sample', cells: 1, axes: {} },
  ],
  edges: [
    { from: 'dataset:mnist', to: 'end', role: 'dataset', split: 'train' },
    { from: 'end', to: 'sample', role: 'model' },
    { from: 'dataset:mnist', to: 'sample', role: 'needs' },
  ],
};

/** Names of any characters; what becomes of them in a label is looked at line by line. */
const name = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' });
const strange = fc.constantFrom(
  'a"b',
  '"',
  '\\',
  'a\\"',
  '\\N',
  '&lt;',
  '#quot;',
  'a;b',
  '-->',
  '`x`',
  '<b>',
  '#',
);

function graphNamed(from: string, to: string): StageGraph {
  return {
    pipeline: from,
    nodes: [
      { id: from, kind: 'train', cells: 1, axes: {} },
      { id: to, kind: 'sample', cells: 1, axes: {} },
    ],
    edges: [{ from, to, role: to, split: from }],
  };
}

const graphs = fc
  .tuple(fc.oneof(name, strange), fc.oneof(name, strange))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => ({ from, to, graph: graphNamed(from, to) }));

describe('the drawing for Graphviz', () => {
  it('has datasets as cylinders, cells counted, and order alone dashed', () => {
    const { objects, edges } = drawn(dotOf(pair));
    expect(objects).toMatchObject([
      { name: 'dataset:mnist', label: 'dataset:mnist', shape: 'cylinder' },
      { name: 'end', label: 'end\\ntrain, 4 cells (clip, seed)' },
      { name: 'sample', label: 'sample' },
    ]);
    expect(edges.map(({ tail, head, label, style }) => [tail, head, label, style])).toEqual([
      [0, 1, 'dataset (train)', undefined],
      [1, 2, 'model', undefined],
      [0, 2, 'needs', 'dashed'],
    ]);
  });

  it('is read by Graphviz as it was meant, whatever the names', () => {
    fc.assert(
      fc.property(graphs, ({ from, to, graph }) => {
        const svg = graphviz.layout(dotOf(graph), 'svg');
        const texts = [...svg.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, text = '']) => decoded(text));
        expect(texts.map(tidy).toSorted()).toEqual(
          [...linesOf(from, 'train'), ...linesOf(to, 'sample'), `${to} (${from})`].map(tidy).toSorted(),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('the drawing for Mermaid', () => {
  it('has datasets as cylinders, cells counted, and order alone dotted', () => {
    expect(mermaidOf(pair)).toBe(`flowchart LR
  n0[("dataset:mnist")]
  n1("end<br/>train, 4 cells (clip, seed)")
  n2("sample")
  n0 -->|"dataset (train)"| n1
  n1 -->|"model"| n2
  n0 -.->|"needs"| n2
`);
  });

  it('holds names in labels alone, which end where they should, whatever the names', () => {
    fc.assert(
      fc.property(graphs, ({ from, to, graph }) => {
        const text = mermaidOf(graph);
        const labels = [...text.matchAll(/"([^"]*)"/g)].map(([, label = '']) => label);
        expect(text.replaceAll(/"[^"]*"/g, '""')).toBe('flowchart LR\n  n0("")\n  n1("")\n  n0 -->|""| n1\n');
        expect(labels.map((label) => label.split('<br/>').map(numbersDecoded))).toEqual([
          linesOf(from, 'train'),
          linesOf(to, 'sample'),
          [`${to} (${from})`],
        ]);
      }),
    );
  });
});

function linesOf(id: string, kind: string): readonly string[] {
  return id.startsWith(kind) ? [id] : [id, kind];
}

/** Spaces are not what it is about: XML has its own ways with them. */
function tidy(text: string): string {
  return text.replaceAll(/[\s\u00a0]+/g, '');
}

function decoded(xml: string): string {
  return xml
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

function numbersDecoded(label: string): string {
  return label.replaceAll(/#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

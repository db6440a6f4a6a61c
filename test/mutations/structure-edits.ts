import fc from 'fast-check';
import { isMap, Pair, parseDocument, Scalar, visit, type Document, type YAMLMap } from 'yaml';

import { required } from '../../src/base/invariant.js';
import { fanOutKey, soundFanOuts } from './fan-outs.js';
import { soundStages, stage } from './stages.js';
import { key, value } from './values.js';

/** A change of a pipeline that leaves it YAML. */
export type StructureEdit = (document: Document) => void;

interface Place {
  readonly map: YAMLMap;
  readonly pair: Pair;
}

/** One of the pairs of a document, outer ones first. */
function placeAt(document: Document, at: number): Place | undefined {
  const places: Place[] = [];
  visit(document, {
    Map: (_, map) => {
      places.push(...map.items.map((pair) => ({ map, pair })));
    },
  });
  return places[at % places.length];
}

function atPair(change: (place: Place, document: Document) => void): (at: number) => StructureEdit {
  return (at) => (document) => {
    const place = placeAt(document, at);
    if (place) change(place, document);
  };
}

const at = fc.nat(2000);

/** The value of a key becomes another. */
const replaced = fc
  .tuple(at, value)
  .map(([where, other]) => atPair(({ pair }, document) => (pair.value = document.createNode(other)))(where));

const renamed = fc
  .tuple(at, key)
  .map(([where, name]) => atPair(({ pair }) => (pair.key = new Scalar(name)))(where));

const removed = at.map(atPair(({ map, pair }) => map.items.splice(map.items.indexOf(pair), 1)));

/** The same key twice. */
const doubled = fc
  .tuple(at, value)
  .map(([where, other]) =>
    atPair(({ map, pair }, document) => map.items.push(new Pair(pair.key, document.createNode(other))))(
      where,
    ),
  );

const added = fc
  .tuple(at, key, value)
  .map(([where, name, other]) =>
    atPair(({ map }, document) => map.items.push(new Pair(new Scalar(name), document.createNode(other))))(
      where,
    ),
  );

/** What stands in one place stands in another, too. */
const copied = fc.tuple(at, at).map(([from, to]): StructureEdit => (document) => {
  const [source, target] = [placeAt(document, from), placeAt(document, to)];
  if (!source || !target) return;
  target.pair.value = (source.pair.value as { clone?: () => unknown } | null)?.clone?.() ?? source.pair.value;
});

/** A number becomes one of its size, which its field may take. */
const tuned = fc
  .tuple(at, fc.constantFrom(0.5, 2, 3, 10, 1.1))
  .map(([where, factor]): StructureEdit => (document) => {
    const numbers: Scalar<number>[] = [];
    visit(document, {
      Scalar: (_, scalar) => {
        if (typeof scalar.value === 'number') numbers.push(scalar as Scalar<number>);
      },
    });
    const chosen = numbers[where % numbers.length];
    if (!chosen) return;
    // As it is written no longer.
    delete chosen.source;
    chosen.value *= factor;
  });

/** Order means nothing in maps. */
const reordered = at.map(
  atPair(({ map, pair }) => {
    map.items.splice(map.items.indexOf(pair), 1);
    map.items.push(pair);
  }),
);

/** The fan-out, what is extended, and the variables become others. */
const fannedOut = fanOutKey.map(([name, content]): StructureEdit => (document) => {
  document.set(name, document.createNode(content));
});

const fannedOutSoundly = fc
  .constantFrom(...soundFanOuts)
  .map(([name, content]): StructureEdit => (document) => {
    document.set(name, document.createNode(content));
  });

/** One more stage, of a kind that reads others. */
const staged = fc
  .oneof(stage, fc.constantFrom(...soundStages))
  .map(([name, content]): StructureEdit => (document) => {
    const stages = document.get('stages');
    if (isMap(stages)) stages.set(name, document.createNode(content));
    else document.set('stages', document.createNode({ [name]: content }));
  });

/** Changes a stage by one of the keys that lead from stage to stage. */
const led = fc.tuple(at, stage).map(([where, [, content]]): StructureEdit => (document) => {
  const stages = document.get('stages');
  if (!isMap(stages) || stages.items.length === 0) return;
  const { value: chosen } = required(stages.items[where % stages.items.length], 'a stage');
  if (!isMap(chosen)) return;
  for (const [name, part] of Object.entries(content)) {
    if (['extends', 'needs', 'across', 'remove', 'budget'].includes(name)) {
      chosen.set(name, document.createNode(part));
    }
  }
});

export const structureEdit: fc.Arbitrary<StructureEdit> = fc.oneof(
  { weight: 5, arbitrary: replaced },
  { weight: 2, arbitrary: renamed },
  { weight: 2, arbitrary: removed },
  { weight: 1, arbitrary: doubled },
  { weight: 3, arbitrary: added },
  { weight: 2, arbitrary: copied },
  { weight: 4, arbitrary: fannedOut },
  { weight: 3, arbitrary: staged },
  { weight: 3, arbitrary: led },
  { weight: 5, arbitrary: tuned },
  { weight: 3, arbitrary: reordered },
  { weight: 5, arbitrary: fannedOutSoundly },
);

/** The text after changes of its structure. */
export function restructured(text: string, edits: readonly StructureEdit[]): string {
  if (edits.length === 0) return text;
  const document = parseDocument(text);
  for (const edit of edits) edit(document);
  return document.toString({ verifyAliasOrder: false });
}

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, mapEntries, textOf } from '../source/entries.js';
import type { Path } from './labels.js';
import { tagOf, type Schema } from './schema.js';
import { optimizer, objective } from './training.js';

const networks = ['generator', 'critic'];

/** A shorter way of writing a field of a train stage. */
interface Shorthand {
  /** The key of the short form, and the field that it stands for. */
  readonly key: string;
  readonly field: string;
  /** The values that it takes, for editors. */
  readonly schema: Schema;
  /** The values that it takes, for people. */
  readonly values: string;
  /** Whether people write it; the other forms come about when `${...}` is replaced. */
  readonly isForEditors: boolean;
  /** The canonical value, or undefined where the value is not in the short form, or not known yet (`${...}`). */
  readonly expand: (entry: PositionedEntry) => PositionedMap | undefined;
}

const clip: Shorthand = {
  key: 'clip',
  field: 'lipschitz',
  schema: {
    description: 'Clip range of the critic weights: c stands for [-c, c]. Short for lipschitz: {type: clip}.',
    oneOf: [
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
    ],
  },
  values: 'a number c, for the range from -c to c, or a list of 2 numbers',
  isForEditors: true,
  expand: ({ keyRange, value }) =>
    inferredMap(keyRange, { type: word('clip', keyRange), range: symmetricRange(value) }),
};

/** A clip range in its long form may still be one number: `clip: ${vars.c}` becomes that when c is known. */
const clipRange: Shorthand = {
  ...clip,
  key: 'lipschitz',
  isForEditors: false,
  expand: ({ value }) => {
    const range = entryOf(value, 'range');
    if (value.kind !== 'map' || range?.value.kind !== 'scalar') return undefined;
    const symmetric = symmetricRange(range.value);
    return symmetric === range.value
      ? undefined
      : mapEntries(value, (entry) => (entry === range ? symmetric : entry.value));
  },
};

const objectiveWord: Shorthand = {
  key: 'objective',
  field: 'objective',
  schema: { type: 'string', enum: (objective as unknown as Schema).oneOf?.map(tagOf) ?? [] },
  values: 'a word such as `wasserstein`',
  isForEditors: true,
  expand: ({ keyRange, value }) => {
    const text = textOf(value);
    return text === undefined || text.includes('${')
      ? undefined
      : inferredMap(value.range, { type: value }, keyRange);
  },
};

const constantIterations: Shorthand = {
  key: 'critic_iterations',
  field: 'critic_iterations',
  schema: { type: 'integer', minimum: 1 },
  values: 'a whole number of critic steps',
  isForEditors: true,
  expand: ({ keyRange, value }) =>
    value.kind === 'scalar' && typeof value.value === 'number'
      ? inferredMap(value.range, { type: word('constant', keyRange), count: value }, keyRange)
      : undefined,
};

const oneOptimizer: Shorthand = {
  key: 'optimizer',
  field: 'optimizer',
  schema: optimizer as unknown as Schema,
  values: 'a map such as {type: rmsprop, lr: 5e-4}',
  isForEditors: true,
  expand: ({ keyRange, value }) =>
    value.kind === 'map' && !entryOf(value, 'generator') && !entryOf(value, 'critic')
      ? inferredMap(value.range, { generator: value, critic: value }, keyRange)
      : undefined,
};

/** In the order in which they are expanded. */
export const trainShorthands: readonly Shorthand[] = [
  clip,
  clipRange,
  objectiveWord,
  constantIterations,
  oneOptimizer,
];

/**
 * The document with every short form of its train stages written out. It changes nothing the second time, and is
 * called again once `${...}` is replaced: what an expression stands for may be a short form, too.
 * @param types The types of stages that another document gives them, by name.
 */
export function expandShorthands(
  root: PositionedMap,
  types: ReadonlyMap<string, string> = new Map(),
): {
  readonly root: PositionedMap;
  readonly problems: readonly Diagnostic[];
} {
  const problems: Diagnostic[] = [];
  const expanded = mapEntries(root, (section) =>
    section.key === 'stages' && section.value.kind === 'map'
      ? mapEntries(section.value, ({ key, value }) => {
          const type = textOf(entryOf(value, 'type')?.value) ?? types.get(key);
          return type === 'train' ? expandStage(value, problems) : value;
        })
      : section.value,
  );
  return { root: expanded, problems };
}

/**
 * Where a path into a stage may lead in canonical form, the path itself included: `clip` is a `lipschitz`, and
 * `optimizer.lr` the learning rate of both networks.
 */
export function canonicalFields(path: Path): readonly Path[] {
  const [field, ...rest] = path;
  const [inner] = rest;
  if (field === clip.key) return [path, rest.length === 0 ? [clip.field] : [clip.field, 'range', ...rest]];
  const isCommon = field === oneOptimizer.key && inner !== undefined && !networks.includes(String(inner));
  return isCommon ? [path, ...networks.map((network) => [field, network, ...rest])] : [path];
}

/** The same for a path from the root of the document. */
export function canonicalPaths(path: Path): readonly Path[] {
  const [section, stage, ...rest] = path;
  if (section !== 'stages' || stage === undefined || rest.length === 0) return [path];
  return canonicalFields(rest).map((fields) => [section, stage, ...fields]);
}

/** The same for one train stage. */
export function expandStage(stage: PositionedNode, problems: Diagnostic[]): PositionedNode {
  if (stage.kind !== 'map') return stage;
  const { found, sound } = withoutConflicts(stage);
  problems.push(...found);
  return trainShorthands.reduce(expandOne, sound);
}

function expandOne(stage: PositionedMap, { key, field, expand }: Shorthand): PositionedMap {
  const entry = entryOf(stage, key);
  if (!entry) return stage;
  const others = stage.entries.filter((other) => other !== entry);
  // Beside its long form the shorthand says nothing that counts; the conflict is reported.
  if (key !== field && entryOf(stage, field)) return { ...stage, entries: others };
  const value = expand(entry);
  if (!value) return stage;
  const expanded = { ...entry, key: field, value };
  return { ...stage, entries: stage.entries.map((other) => (other === entry ? expanded : other)) };
}

/**
 * Finds where the stage says one thing twice, in short and in long form, and takes out what nobody can know then,
 * so that it is not reported a second time.
 */
function withoutConflicts(stage: PositionedMap): { found: readonly Diagnostic[]; sound: PositionedMap } {
  const short = entryOf(stage, clip.key);
  const long = entryOf(stage, clip.field);
  const both = entryOf(stage, oneOptimizer.key);
  const common = entryOf(both?.value, 'type');
  const network = entryOf(both?.value, 'generator') ?? entryOf(both?.value, 'critic');
  const found: Diagnostic[] = [];
  const unknown = new Set<PositionedEntry>();
  if (short && long) {
    found.push(
      conflict(short, long, {
        message: '`clip` and `lipschitz` in one map say the same thing twice',
        help: 'keep one of them: `clip: c` is short for `lipschitz: {type: clip, range: [-c, c]}`',
      }),
    );
    unknown.add(long);
  }
  if (both && common && network) {
    found.push(
      conflict(common, network, {
        message: '`optimizer` is written both for both networks at once and for one of them',
        help: 'write one optimizer, or one under `generator` and one under `critic`',
      }),
    );
    unknown.add(both);
  }
  return {
    found,
    sound: mapEntries(stage, (entry) => (unknown.has(entry) ? unknowable(entry.value) : entry.value)),
  };
}

function unknowable({ range }: PositionedNode): PositionedNode {
  return { kind: 'scalar', range, value: null, unresolved: true };
}

/** At the form that was written later, with the earlier one as a note. */
function conflict(
  one: PositionedEntry,
  other: PositionedEntry,
  text: { readonly message: string; readonly help: string },
): Diagnostic {
  const [first, second] = [one.keyRange, other.keyRange].toSorted((a, b) => a.start - b.start);
  return error('shorthand-and-long-form', {
    ...text,
    at: second ?? one.keyRange,
    notes: first ? [{ message: 'the other form is here', range: first }] : [],
  });
}

function symmetricRange(value: PositionedNode): PositionedNode {
  if (value.kind !== 'scalar' || typeof value.value !== 'number') return value;
  // `0 - c` rather than `-c`, so that 0 does not become -0.
  return { kind: 'list', range: value.range, items: [{ ...value, value: 0 - value.value }, value] };
}

function word(text: string, range: SourceRange): PositionedNode {
  return { kind: 'scalar', range, value: text };
}

/** A map that stands for what was written at `range`; its keys point to the key that was written. */
function inferredMap(
  range: SourceRange,
  values: Readonly<Record<string, PositionedNode>>,
  keyRange: SourceRange = range,
): PositionedMap {
  const entries = Object.entries(values).map(([key, value]) => ({ key, keyRange, value }));
  return { kind: 'map', range, entries };
}

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error } from '../diagnostics/problem.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, mapEntries, textOf } from '../source/entries.js';
import type { Path } from './labels.js';
import type { Shorthand } from './shorthand.js';
import { assertingShorthands, commandShorthands } from './stage-shorthands.js';
import { clip, oneOptimizer, penalty, trainShorthands } from './train-shorthands.js';

const networks = ['generator', 'critic'];

/** The short forms of a stage's fields, by its type. */
const shorthands: Readonly<Record<string, readonly Shorthand[]>> = {
  train: trainShorthands,
  command: commandShorthands,
  gate: assertingShorthands,
  claim: assertingShorthands,
};

/** Those of stages of one type, in the order in which they are expanded. */
export function shorthandsOf(type: string): readonly Shorthand[] {
  return Object.hasOwn(shorthands, type) ? (shorthands[type] ?? []) : [];
}

/**
 * The document with every short form of its stages written out. It changes nothing the second time, and is
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
          return type === undefined ? value : expandStage(type, value, problems);
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
  if (field === penalty.key) return [path, [penalty.field, 'lambda', ...rest]];
  const isCommon = field === oneOptimizer.key && inner !== undefined && !networks.includes(String(inner));
  return isCommon ? [path, ...networks.map((network) => [field, network, ...rest])] : [path];
}

/** The same for a path from the root of the document. */
export function canonicalPaths(path: Path): readonly Path[] {
  const [section, stage, ...rest] = path;
  if (section !== 'stages' || stage === undefined || rest.length === 0) return [path];
  return canonicalFields(rest).map((fields) => [section, stage, ...fields]);
}

/** The same for one stage. */
export function expandStage(type: string, stage: PositionedNode, problems: Diagnostic[]): PositionedNode {
  if (stage.kind !== 'map') return stage;
  const { found, sound } = type === 'train' ? withoutConflicts(stage) : { found: [], sound: stage };
  problems.push(...found);
  return shorthandsOf(type).reduce(expandOne, sound);
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
  const clipped = entryOf(stage, clip.key);
  const penalised = entryOf(stage, penalty.key);
  const long = entryOf(stage, clip.field);
  const both = entryOf(stage, oneOptimizer.key);
  const common = entryOf(both?.value, 'type');
  const network = entryOf(both?.value, 'generator') ?? entryOf(both?.value, 'critic');
  const found: Diagnostic[] = [];
  const unknown = new Set<PositionedEntry>();
  const short = clipped ?? penalised;
  if (clipped && penalised) {
    found.push(clipAndPenalty(clipped, penalised));
    unknown.add(penalised);
  } else if (short && long) {
    const type = textOf(entryOf(long.value, 'type')?.value);
    const contrary = clipped ? 'gradient_penalty' : 'clip';
    found.push(type === contrary ? clipAndPenalty(short, long) : saidTwice(short, long));
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

/** Either constraint keeps the critic Lipschitz; both at once are none of the methods that are compared. */
function clipAndPenalty(one: PositionedEntry, other: PositionedEntry): Diagnostic {
  return error('clip-and-penalty', {
    ...placeOfLater(one, other, 'the other constraint is here'),
    message: 'a critic is either clipped or penalised, and here it is both',
    help: 'keep one of them: `clip` is that of arXiv 1701.07875, the gradient penalty that of arXiv 1704.00028',
  });
}

function saidTwice(short: PositionedEntry, long: PositionedEntry): Diagnostic {
  const form =
    short.key === clip.key
      ? '`clip: c` is short for `lipschitz: {type: clip, range: [-c, c]}`'
      : '`gp_lambda: l` is short for `lipschitz: {type: gradient_penalty, lambda: l}`';
  return conflict(short, long, {
    message: `\`${short.key}\` and \`lipschitz\` in one map say the same thing twice`,
    help: `keep one of them: ${form}`,
  });
}

/** At the form that was written later, with the earlier one as a note. */
function conflict(
  one: PositionedEntry,
  other: PositionedEntry,
  text: { readonly message: string; readonly help: string },
): Diagnostic {
  return error('shorthand-and-long-form', { ...text, ...placeOfLater(one, other, 'the other form is here') });
}

function placeOfLater(one: PositionedEntry, other: PositionedEntry, message: string) {
  const [first, second] = [one.keyRange, other.keyRange].toSorted((a, b) => a.start - b.start);
  return { at: second ?? one.keyRange, notes: first ? [{ message, range: first }] : [] };
}

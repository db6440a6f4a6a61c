import { nearest } from '../../base/suggest.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted, quotedList } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import type { SourceRange } from '../../diagnostics/range.js';
import type { PositionedNode } from '../../source/document.js';
import { entryOf, valueOf } from '../../source/entries.js';
import type { Rule, RuleContext } from './rule.js';

type AxisNames = NonNullable<RuleContext['axes']>;

const matrix = 'matrix';
const notInMatrix = ['arm', 'seed'];

/**
 * A stage collects axes that the file has; `where` and `versus` choose among the cells that it collects, by values
 * that lie on the axes.
 */
export const axisExists: Rule = ({ stages, axes }) => {
  if (!axes) return [];
  return [...stages.values()].flatMap(({ node }) => {
    const across = itemsOf(valueOf(node, 'across'));
    const collected = across.flatMap((item) => namesOf(textOf(item), axes));
    const assertions = itemsOf(valueOf(node, 'assert'));
    const versus = [valueOf(node, 'versus'), ...assertions.map((item) => valueOf(item, 'versus'))];
    const places = [...versus, ...assertions.map((item) => valueOf(item, 'where'))];
    return [
      ...across.flatMap((item) => unknownAxis(item, axes) ?? []),
      ...places.flatMap((place) =>
        place
          ? wrongPlaces(
              place,
              collected.filter((axis) => axes.has(axis)),
              axes,
            )
          : [],
      ),
      ...versus.flatMap((place) => versusSeed(place) ?? []),
    ];
  });
};

function versusSeed(place: PositionedNode | undefined): Diagnostic | undefined {
  const seed = entryOf(place, 'seed');
  return (
    seed &&
    error('versus-seed', {
      at: seed.keyRange,
      message: 'seeds are replications, and nothing is compared with one of them',
      help: 'compare with another arm or metric; the same seeds are compared with one another',
    })
  );
}

/** The axes that one item of `across` stands for. */
function namesOf(item: string, axes: AxisNames): readonly string[] {
  return item === matrix ? [...axes.keys()].filter((axis) => !notInMatrix.includes(axis)) : [item];
}

function unknownAxis(item: PositionedNode, axes: AxisNames): Diagnostic | undefined {
  const name = textOf(item);
  const known = namesOf(name, axes).filter((axis) => axes.has(axis));
  if (name === '' || known.length > 0) return undefined;
  return noSuchAxis(name, item.range, axes);
}

function noSuchAxis(name: string, at: SourceRange, axes: AxisNames): Diagnostic {
  const names = [...axes.keys()];
  const meant = nearest(name, names);
  return error('unknown-axis', {
    at,
    message: `the file has no axis ${quoted(name)}`,
    help:
      meant !== undefined
        ? `did you mean ${quoted(meant)}?`
        : names.length === 0
          ? 'write `seeds`, a `matrix` or an `ablation` at the top of the file'
          : `its axes are ${quotedList(names, 'and')}`,
  });
}

function wrongPlaces(
  place: PositionedNode,
  collected: readonly string[],
  axes: AxisNames,
): readonly Diagnostic[] {
  if (place.kind !== 'map') return [];
  return place.entries.flatMap(({ key, keyRange, value }): readonly Diagnostic[] => {
    if (key === 'metric') return [];
    const values = axes.get(key)?.values;
    if (!values) return [noSuchAxis(key, keyRange, axes)];
    if (!collected.includes(key)) {
      return [
        error('axis-not-collected', {
          at: keyRange,
          message: `${quoted(key)} is not among the axes that this stage collects`,
          help: `add it to its \`across\`, as in \`across: [${[...new Set([...collected, key])].join(', ')}]\``,
        }),
      ];
    }
    const name = value.kind === 'scalar' ? String(value.value) : '';
    if (values.has(name)) return [];
    const names = [...values.keys()];
    const meant = nearest(name, names);
    return [
      error('unknown-axis-value', {
        at: value.range,
        message: `axis ${quoted(key)} has no value ${quoted(name)}`,
        help:
          meant === undefined
            ? `its values are ${quotedList(names, 'and')}`
            : `did you mean ${quoted(meant)}?`,
      }),
    ];
  });
}

function itemsOf(node: PositionedNode | undefined): readonly PositionedNode[] {
  return node?.kind === 'list' ? node.items : [];
}

function textOf(node: PositionedNode): string {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
}
